# SPDX-License-Identifier: GPL-2.0
# Phones that know their NAT by STUN, outbound (RFC 5626), rport or ICE, and say public addresses: not one byte of
# what they send and get changes, nothing is opened for them, and their calls work through masquerade alone.
# tags: 6.12
# topo: masquerade
# forward: iifname r0 udp dport 1024-65535 accept
# after: helper expectations
# zero: no call opened a pinhole: pinholes_opened
"""Each learns its public address and ports as a STUN client does, from a server outside that says where a
packet came from, through masquerade alone.  Everything else in the messages is its own business.
"""
from sip import (PHONE, PROVIDER, OTHER, ROUTER, Agent, Rtp, Socket, check, equal, heard, moved, play, sdp, stats)
import sip

STUN_PORT = 3478


class Stun(Socket):
    """Says to each who asks where he is."""

    def __init__(self):
        super().__init__('wan', OTHER, STUN_PORT)

    def serve(self):
        data, source = self.recv()
        self.sock.sendto(f'{source[0]} {source[1]}'.encode() + data[:4], source)


def public(sock):
    """Where a socket of the phone is seen from outside."""
    stun = Stun()
    sock.send(b'\x00\x01\x00\x00\x21\x12\xa4\x42' + bytes(12), (OTHER, STUN_PORT))
    stun.serve()
    data, _ = sock.recv()
    stun.sock.close()
    addr, port = data[:-4].decode().split()
    equal('STUN says the router\'s address', ROUTER, addr)
    return addr, int(port)


def exact(what, sent, seen):
    return check(what, sent == seen.data, f'sent: {sent!r}', f'came: {seen.data!r}')


class Phone(Agent):
    """Remembers what it sends."""

    def send(self, data, to):
        self.sent = data
        super().send(data, to)


class Provider(Agent):
    """Fills in received and rport where it is asked to (RFC 3581 4)."""

    def reply(self, request, status, body='', tag='', headers=(), contact=True, to=None):
        via = request['via']
        if via.endswith(';rport') and request.source[0] in via:
            filled = f'{via}={request.source[1]};received={request.source[0]}'
            request.headers = [(n, filled if (n, v) == ('via', via) else v) for n, v in request.headers]
        return super().reply(request, status, body, tag, headers, contact, to)


class Aware:
    """A phone that has asked STUN, and its provider."""

    def __init__(self, port, params='', via='', contact=None, user='anna'):
        self.phone = Phone('lan', PHONE, port, user)
        self.media, self.far = Rtp('lan', PHONE, port + 4000), Rtp('wan', PROVIDER, port + 6000)
        self.far_at = self.far.addr, self.far.port
        self.at, self.media_at = public(self.phone), public(self.media)
        where = contact or f'sip:{user}@{self.at[0]}:{self.at[1]}'
        self.phone.contact = where + params
        self.contact_params = ''
        self.via = via
        self.phone.via = lambda branch=None: f'SIP/2.0/UDP {self.via_at()};branch={branch or sip.branch()}{self.via}'
        self.provider = Provider('wan', PROVIDER, user='bert')

    def via_at(self):
        return f'{self.at[0]}:{self.at[1]}'

    def offer(self):
        return sdp(self.media_at[0], self.media_at[1])

    def punch(self):
        """RTP's hole: the phone's own first packet through masquerade, to the peer."""
        self.media.speak('hole', self.far_at)
        got, source = self.far.hear()
        equal('the media port is the mapped one', (('hole'), self.media_at), (got, source))

    def registers(self, headers=()):
        phone, provider = self.phone, self.provider
        d = phone.dial('sip:example.com', provider.at)
        d.remote_header = f'<{phone.aor}>'
        d.request('REGISTER', headers=[('Contact', f'<{phone.contact}>{self.contact_params}'), ('Expires', '600'), *headers],
                  contact=False)
        seen = provider.take('REGISTER')
        exact('REGISTER comes as it was sent', phone.sent, seen)
        equal('from the address that its Contact names', self.at, seen.source)
        answer = provider.reply(seen, 200, tag='g', contact=False,
                                headers=[('Contact', f'<{phone.contact}>{self.contact_params};expires=600')])
        exact('so does the answer', answer, phone.take(200))

    def calls(self, body=None):
        phone, provider, body = self.phone, self.provider, body or self.offer()
        d = phone.dial('sip:bert@example.com', provider.at)
        d.request('INVITE', body)
        invite = provider.take('INVITE')
        exact('INVITE comes as it was sent', phone.sent, invite)
        exact('180 too', provider.reply(invite, 180, tag='b'), phone.take(180))
        answer = provider.reply(invite, 200, sdp(PROVIDER, self.far.port), tag='b')
        ok = phone.take(200)
        exact('200 too', answer, ok)
        d.learn(ok)
        exact('ACK too', d.ack(), provider.take('ACK'))
        self.punch()
        heard('the peer hears the phone', self.media, self.far_at, self.far, self.media_at)
        heard('the phone hears the peer', self.far, invite.sdp.at, self.media, self.far_at)
        bye = provider.dialog_of(invite, 'b')
        bye.target, bye.to = phone.contact, invite.source
        sent = bye.request('BYE')
        got = phone.take('BYE')
        exact('BYE of the peer too', sent, got)
        exact('and its answer', phone.reply(got, 200, contact=False), provider.take(200))

    def called(self, body=None):
        phone, provider = self.phone, self.provider
        d = provider.dial(phone.contact, self.at)
        sent = d.request('INVITE', sdp(PROVIDER, self.far.port))
        invite = phone.take('INVITE')
        exact('an INVITE to the Contact comes in as it was sent', sent, invite)
        answer = phone.reply(invite, 200, body or self.offer(), tag='a')
        ok = provider.take(200)
        exact('its 200 goes out as it was sent', answer, ok)
        d.learn(ok)
        d.to = self.at
        exact('ACK too', d.ack(), phone.take('ACK'))
        self.punch()
        heard('called: the phone hears the peer', self.far, ok.sdp.at, self.media, self.far_at)
        heard('called: the peer hears the phone', self.media, self.far_at, self.far, self.media_at)
        half = phone.dialog_of(invite, 'a')
        half.to = provider.at
        bye = half.request('BYE')
        got = provider.take('BYE')
        exact('called: BYE too', bye, got)
        exact('called: and its answer', provider.reply(got, 200, contact=False), phone.take(200))


def untouched(before):
    """Nothing was opened or translated."""
    seen = moved(before)
    bad = {n: v for n, v in seen.items()
           if n in ('translated', 'pinholes_opened', 'commit_failed', 'foreign_via') or n.startswith('malformed')}
    return check('the router translated nothing, opened nothing', not bad, seen)


def whole(a, headers=(), body=None):
    before = stats()
    a.registers(headers)
    a.calls(body)
    a.called(body)
    untouched(before)


def stun():
    """STUN: Via, Contact and SDP are public"""
    whole(Aware(5060))


def stun_rport():
    """STUN and rport (RFC 3581)"""
    whole(Aware(5062, via=';rport'))


def outbound():
    """outbound (RFC 5626)"""
    a = Aware(5064, ';ob', ';keep;rport')
    a.contact_params = ';+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>";reg-id=1'
    whole(a, headers=[('Supported', 'path, outbound, gruu')])


def ice():
    """ICE with a public default"""
    a = Aware(5066, via=';rport')
    addr, port = a.media_at
    body = '\r\n'.join((
        'v=0', f'o=- 1 1 IN IP4 {addr}', 's=-', f'c=IN IP4 {addr}', 't=0 0', 'a=ice-ufrag:8hhY', 'a=ice-pwd:asd88fgpdd777uzjYhagZg',
        f'm=audio {port} RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=rtcp-mux',
        f'a=candidate:1 1 UDP 2130706431 {PHONE} {a.media.port} typ host',
        f'a=candidate:2 1 UDP 1694498815 {addr} {port} typ srflx raddr {PHONE} rport {a.media.port}', ''))
    whole(a, body=body)


def named():
    """names instead of addresses"""
    a = Aware(5068, contact='sip:anna@df7jal23ls0d.invalid')
    a.via_at = lambda: 'df7jal23ls0d.invalid'
    a.via = ';rport'
    before = stats()
    a.registers()
    a.calls()
    untouched(before)


if __name__ == '__main__':
    play(stun, stun_rport, outbound, ice, named)

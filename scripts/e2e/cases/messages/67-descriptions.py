# SPDX-License-Identifier: GPL-2.0
# Descriptions as parts of multiparts, with candidates for ICE, with RTCP on the RTP port, bundled: what
# the provider reads, and that media comes through it.
# tags: 6.12 6.1 7 uml
# topo: masquerade
# attach: udp
# after: expectations pinholes
from scene import *

TEXT = 'one\r\nc=IN IP4 192.168.1.2\r\nm=audio 4000 RTP/AVP 0'


def typed(kind, start, headers, body):
    """A message with a body of another type."""
    lines = [start] + [f'{n}: {v}' for n, v in headers] + [f'Content-Type: {kind}', f'Content-Length: {len(body)}']
    return '\r\n'.join(lines + ['', body]).encode()


def parts(boundary, *bodies):
    """A multipart: (type, body) or (type, body, True) for one with a length of its own."""
    text = 'nobody reads this\r\n'
    for kind, body, *stated in bodies:
        text += f'--{boundary}\r\nContent-Type: {kind}\r\n' + (f'Content-Length: {len(body)}\r\n' if stated else '')
        text += f'\r\n{body}\r\n'
    return text + f'--{boundary}--\r\nnor this'


def split(text, boundary):
    """[(headers, body)] of a multipart."""
    found = []
    for part in ('\r\n' + text).split(f'\r\n--{boundary}')[1:]:
        if part.startswith('--'):
            return found
        head, _, body = part.partition('\r\n\r\n')
        found.append((head.strip(), body))
    return found


def stated(head):
    return int(re.search(r'Content-Length: (\d+)', head).group(1))


def invite_with(s, kind, body):
    d = s.phone.dial(s.provider.contact, s.provider.at)
    d.cseq = 1
    d.invite[1] = branch()
    headers = [('Via', s.phone.via(d.invite[1])), ('From', d.local_header), ('To', d.remote_header),
               ('Call-ID', d.call_id), ('CSeq', '1 INVITE'), ('Contact', f'<{s.phone.contact}>')]
    s.phone.send(typed(kind, f'INVITE {d.target} SIP/2.0', headers, body), s.provider.at)
    return d, s.provider.take('INVITE')


def answered(s, d, invite, answer, tag='r1'):
    s.provider.reply(invite, 200, answer, tag=tag)
    ok = s.phone.take(200)
    d.learn(ok)
    d.ack()
    s.provider.take('ACK')
    return ok


@scene
def mixed(s):
    """a description among other parts"""
    body = parts('b', ('text/plain', TEXT, True), ('application/sdp', s.offer, True))
    d, invite = invite_with(s, 'multipart/mixed; boundary="b"', body)
    got = split(invite.body.decode(), 'b')
    equal('the text is as it was', body.split('--b')[1], invite.body.decode().split('--b')[1])
    offer = Sdp(got[1][1])
    equal('the description names the router', (ROUTER, ROUTER), (offer.addr, offer.origin))
    equal('the length of its part is right', len(got[1][1]), stated(got[1][0]))
    equal('what stands around the parts stays', ['nobody reads this\r\n', '--\r\nnor this'],
          [invite.body.decode().split('--b')[0], invite.body.decode().split('--b')[-1]])
    answered(s, d, invite, s.answer)
    s.talk(offer.at)
    hang_up(d, s.provider)


@scene
def nested(s):
    """a description in a multipart in a multipart, and one beside it"""
    ear = Rtp('lan', PHONE, s.port + 6)
    inner = parts('in', ('text/plain', 'x', True), ('application/sdp', s.offer, True))
    body = parts('out', ('multipart/alternative;boundary=in', inner, True),
                 ('application/sdp', sdp(PHONE, s.port + 6)))
    d, invite = invite_with(s, 'multipart/mixed;boundary=out', body)
    outer = split(invite.body.decode(), 'out')
    first = split(outer[0][1], 'in')
    equal('lengths inside and outside are right', [len(outer[0][1]), len(first[1][1])],
          [stated(outer[0][0]), stated(first[1][0])])
    offers = [Sdp(first[1][1]), Sdp(outer[1][1])]
    equal('both name the router', [ROUTER, ROUTER], [o.addr for o in offers])
    check('not by one port', offers[0].port != offers[1].port)
    answered(s, d, invite, s.answer)
    s.talk(offers[0].at, 'the first')
    heard('media for the second', s.outside, offers[1].at, ear)
    hang_up(d, s.provider)


@scene
def sealed(s):
    """a signed multipart stays as it is, and its call goes on without media"""
    body = parts('b', ('application/sdp', s.offer, True), ('application/pkcs7-signature', 'xyz'))
    d, invite = invite_with(s, 'multipart/signed;protocol="application/pkcs7-signature";boundary=b', body)
    equal('its bytes', body, invite.body.decode())
    check('but its Contact was translated', ROUTER in invite.contact)
    equal('nothing waits', [], media_waiting())
    s.provider.reply(invite, 488, tag='x')
    refusal = s.phone.take(488)
    d.ack(response=refusal)
    s.provider.take('ACK')


def candidates(text):
    return [line.split()[4:6] for line in text.split('\r\n') if line.startswith('a=candidate:')]


@scene
def ice(s):
    """candidates say what the default says"""
    port = s.port
    lines = ['a=ice-ufrag:F7gI', 'a=ice-pwd:x9cml/YzichV2+XlhiMu8g',
             f'a=candidate:1 1 UDP 2130706431 {PHONE} {port} typ host',
             f'a=candidate:1 2 UDP 2130706430 {PHONE} {port + 1} typ host',
             f'a=candidate:2 1 UDP 2130706175 {PHONE2} {port} typ host',
             f'a=candidate:3 1 UDP 1694498815 198.51.100.7 {port} typ srflx raddr {PHONE} rport {port}']
    other = Rtp('lan', PHONE, port + 1)
    call = connect(s.phone, s.provider, sdp(PHONE, port, more='\r\n'.join(lines) + '\r\n'), s.answer)
    rtp = [ROUTER, str(call.offer.port)]
    equal('candidates as the provider sees them',
          [rtp, [ROUTER, str(call.offer.port + 1)], [PHONE2, str(port)], ['198.51.100.7', str(port)]],
          candidates(call.offer.text))
    equal('all else of them is as it was', [re.sub(r'\d+\.\d+\.\d+\.\d+ \d+ typ', '', line) for line in lines],
          [re.sub(r'\d+\.\d+\.\d+\.\d+ \d+ typ', '', line) for line in call.offer.text.split('\r\n')[-7:-1]])
    heard('a check of the RTP candidate', s.outside, tuple(call.offer.at), s.inside)
    heard('and of the RTCP candidate', s.outside, (ROUTER, call.offer.port + 1), other)
    hang_up(call.caller, s.provider)


@scene
def ice_elsewhere(s):
    """where the default is somebody else's, candidates stay"""
    lines = f'a=candidate:1 1 UDP 2130706431 {PHONE} {s.port} typ host\r\n'
    body = sdp('198.51.100.7', s.port, more=lines)
    call = connect(s.phone, s.provider, body, s.answer)
    equal('the offer', body, call.offer.text)
    hang_up(call.caller, s.provider)


MUX = 'a=rtcp-mux\r\n'


@scene
def mux(s):
    """RTCP on the RTP port, agreed, taken back, agreed again"""
    rtcp, far_rtcp = Rtp('lan', PHONE, s.port + 1), Rtp('wan', PROVIDER, s.port + 3)
    d, invite = s.invite(sdp(PHONE, s.port, more=MUX))
    port = invite.sdp.port
    equal('before the answer RTCP may come to either', [port, port + 1], media_waiting())
    s.provider.reply(invite, 200, sdp(PROVIDER, s.port + 2, more=MUX), tag='r1')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    equal('agreed: nothing waits at the RTCP port', [port], media_waiting())
    unheard('RTCP there is not let in', far_rtcp, (ROUTER, port + 1), rtcp)
    s.talk(invite.sdp.at)
    far = s.provider.dialog_of(invite, 'r1')
    offer, _ = reoffer(d, s.provider, sdp(PHONE, s.port, version=2), sdp(PROVIDER, s.port + 2, version=2))
    equal('taken back: the ports are the same', port, offer.port)
    heard('RTCP is heard at its port', far_rtcp, (ROUTER, port + 1), rtcp)
    reoffer(d, s.provider, sdp(PHONE, s.port, version=3, more=MUX), sdp(PROVIDER, s.port + 2, version=3, more=MUX))
    s.talk(invite.sdp.at, 'media after all that')
    hang_up(far, s.phone)


@scene
def mux_refused(s):
    """RTCP on the RTP port, offered and not taken"""
    rtcp = Rtp('lan', PHONE, s.port + 1)
    call = connect(s.phone, s.provider, sdp(PHONE, s.port, more=MUX), s.answer)
    heard('RTCP at its own port', s.outside, (ROUTER, call.offer.port + 1), rtcp)
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)


@scene
def mux_only(s):
    """RTCP never has a port of its own"""
    d, invite = s.invite(sdp(PHONE, s.port, more=f'{MUX}a=rtcp-mux-only\r\na=rtcp:{s.port} IN IP4 {PHONE}\r\n'))
    equal('one port waits', [invite.sdp.port], media_waiting())
    check('a=rtcp names it', f'a=rtcp:{invite.sdp.port} IN IP4 {ROUTER}\r\n' in invite.sdp.text, invite.sdp.text)
    answered(s, d, invite, sdp(PROVIDER, s.port + 2, more=MUX))
    s.talk(invite.sdp.at)
    hang_up(d, s.provider)


@scene
def mux_bundled(s):
    """RTCP on the RTP port, said by one section of a bundle for all"""
    def both(addr, port):
        return sdp(addr, port, more=f'{MUX}m=video {port} RTP/AVP 31\r\na=group:BUNDLE 1 2\r\n')
    d, invite = s.invite(both(PHONE, s.port))
    answered(s, d, invite, both(PROVIDER, s.port + 2))
    equal('agreed: nothing waits at the RTCP port', [invite.sdp.port], media_waiting())
    s.talk(invite.sdp.at)
    hang_up(d, s.provider)


@scene
def mux_refused_later(s):
    """RTCP on the RTP port, not taken at first, offered again by the other side and refused"""
    rtcp, far_rtcp = Rtp('lan', PHONE, s.port + 1), Rtp('wan', PROVIDER, s.port + 3)
    call = connect(s.phone, s.provider, sdp(PHONE, s.port, more=MUX), s.answer)
    call.callee.request('INVITE', sdp(PROVIDER, s.port + 2, version=2, more=MUX))
    again = s.phone.take('INVITE')
    equal('both wait while it is open', [call.offer.port, call.offer.port + 1], media_waiting())
    s.phone.reply(again, 488)
    refusal = s.provider.take(488)
    call.callee.ack(response=refusal)
    s.phone.take('ACK')
    heard('RTCP at its own port', far_rtcp, (ROUTER, call.offer.port + 1), rtcp)
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)


@scene
def bundle(s):
    """bundled sections share a mapping"""
    body = sdp(PHONE, s.port, s.port, more='a=group:BUNDLE 1 2\r\n')
    call = connect(s.phone, s.provider, body, sdp(PROVIDER, s.port + 2, s.port + 2))
    equal('one port, twice', call.offer.media[0][1:3], call.offer.media[1][1:3])
    equal('it waits, and its RTCP', [call.offer.port, call.offer.port + 1], media_waiting())
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)


play(mixed, nested, sealed, ice, ice_elsewhere, mux, mux_refused, mux_only, mux_bundled, mux_refused_later, bundle)

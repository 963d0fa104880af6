# SPDX-License-Identifier: GPL-2.0
"""pair_tcp.py - rows about phones over TCP.

The offsets of a stream are not carried, so the other router ends it: no byte that comes may be wrong, each end gets a
reset at its first segment, and a phone that connects again is served."""
import tcp
from pair import *
from tcp import TcpAgent, GROWS, SHRINKS

_here = itertools.count(40000)


class Watched(TcpAgent):
    """An agent whose stream is looked at as a whole."""

    def recv(self, seconds=WAIT):
        data, source = super().recv(seconds)
        if data is not None:
            End.look(self, data)
        return data, source

    def is_reset(self):
        """Waits until the connection is reset; what came before that."""
        came = bytearray()
        end = time.monotonic() + SLOW
        self.sock.setblocking(False)
        while time.monotonic() < end:
            try:
                more = self.sock.recv(65536)
                if not more:
                    return False, bytes(came)
                came += more
            except BlockingIOError:
                time.sleep(0.05)
            except ConnectionResetError:
                return True, bytes(came)
        return False, bytes(came)


def connected(addr):
    """(phone, provider): a connection, and the agents at its ends."""
    a, b, seen = tcp.tcp_connection((addr, next(_here)), (PROVIDER, SIP_PORT))
    phone, provider = Watched('lan', a), Watched('wan', b, 'sbc')
    phone.seen_as = seen
    return phone, provider


def asked(near, far, uri):
    """One request and its answer, so that the stream has an offset."""
    d = near.dial(uri, None)
    d.request('OPTIONS')
    m = far.take('OPTIONS')
    far.reply(m, 200, tag='o')
    near.take(200)


def stream(r, addr, of_server, ask=True):
    """A registered phone's stream that has grown or shrunk; which end speaks first after the switch."""
    phone, provider = connected(addr)
    seen, _, d = register(phone, provider)
    if ask:
        asked(provider, phone, seen.contact) if of_server else asked(phone, provider, provider.contact)
    r.pair.settle()
    start = time.monotonic()
    r.die()
    first, second = (provider, phone) if of_server else (phone, provider)
    sent = message('OPTIONS sip:x@example.net SIP/2.0', [
        ('Via', first.via()), ('From', '<sip:a@b>;tag=1'), ('To', '<sip:x@example.net>'),
        ('Call-ID', f'late-{first.port}'), ('CSeq', '1 OPTIONS'), ('Max-Forwards', '70')])
    for end, what in ((first, 'the one that speaks first'), (second, 'the other one')):
        with contextlib.suppress(OSError):
            end.send(sent)
        gone, came = end.is_reset()
        check(f'{what} gets a reset at its first segment', gone)
        equal(f'{what} reads no byte of what was sent', b'', came)
    phone, provider = connected(addr)
    seen, ok, d = register(phone, provider, dialog=None)
    equal('the phone connects again, and registers', phone.contact, ok.contact)
    asked(phone, provider, provider.contact)
    c = provider.dial(seen.contact, None)
    c.request('INVITE')
    m = phone.take('INVITE')
    equal('it can be called: the Request-URI is its own', phone.contact, m.uri)
    took('TCP, a phone that connects again at its first segment', start)
    phone.reply(m, 200, sdp(addr, 4000), tag='t')
    back = provider.take(200)
    equal('its media is published at the router', ROUTER, back.sdp.addr)
    c.learn(back)
    c.ack()
    phone.take('ACK')
    hang_up(c, phone)


@row
def tcp_grew(r):
    stream(r, GROWS, False)


@row
def tcp_shrank(r):
    stream(r, SHRINKS, False)


@row
def tcp_server_grew(r):
    """what the provider said had become longer"""
    stream(r, SHRINKS, True)


@row
def tcp_server_shrank(r):
    stream(r, GROWS, True)


@row
def tcp_silent(r):
    """nothing was said but the REGISTER"""
    stream(r, GROWS, False, ask=False)


RESYNC = {'netfilter/sipalg/tcp_resync': 1}


@row
@having(sysctls=RESYNC)
def tcp_resync_grew(r):
    stream(r, GROWS, False)


@row
@having(sysctls=RESYNC)
def tcp_resync_shrank(r):
    stream(r, SHRINKS, False)


@row
@having(sysctls=RESYNC)
def tcp_resync_server_shrank(r):
    stream(r, GROWS, True)


STREAMS = rows_of(__name__)

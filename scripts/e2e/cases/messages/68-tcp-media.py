# SPDX-License-Identifier: GPL-2.0
# Media over TCP, MSRP and fax: who connects to whom, what is published, and that nothing opens without tcp_media=1.
# tags: 6.12 6.1 7 uml
# topo: masquerade
# attach: udp
# after: expectations pinholes
from scene import *
from sip import _open


class Listener:
    """A TCP port in a namespace, and who connects to it."""

    def __init__(self, ns, addr, port):
        with netns(ns):
            self.sock = socket.create_server((addr, port))
        self.sock.settimeout(WAIT)
        _open.append(self.sock)

    def accept(self):
        conn, source = self.sock.accept()
        conn.settimeout(WAIT)
        _open.append(conn)
        return conn, source


def connect_from(ns, to, source=None, seconds=WAIT):
    """A connection, or None."""
    with netns(ns):
        conn = socket.socket()
    _open.append(conn)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    conn.settimeout(seconds)
    try:
        conn.bind(source or ('', 0))
        conn.connect(to)
    except OSError as e:
        say(f'{ns} -> {to}: {e}')
        return None
    return conn


def exchange(what, a, b):
    """Each hears the other."""
    a.sendall(b'MSRP one')
    b.sendall(b'MSRP two')
    equal(what, (b'MSRP two', b'MSRP one'), (a.recv(99), b.recv(99)))


def waiting_tcp():
    return sorted(int(p) for p in re.findall(r'proto=6 .*?dport=(\d+)', in_router('conntrack', '-L', 'expect')))


def body(addr, port, setup=None, kind='message {} TCP/MSRP *', more=''):
    lines = ['v=0', f'o=- 1 1 IN IP4 {addr}', 's=-', f'c=IN IP4 {addr}', 't=0 0', 'm=' + kind.format(port)]
    lines += [f'a=setup:{setup}'] if setup else []
    return '\r\n'.join(lines) + '\r\n' + more


def msrp(addr, port, setup=None):
    return body(addr, port, setup, more=f'a=accept-types:text/plain\r\na=path:msrp://{addr}:{port}/s1;tcp\r\n')


def media_scene(fn):
    @functools.wraps(fn)
    def play_it():
        with settings(tcp_media=1, media_timeout=1):
            fn(Scene())
            equal('nothing waits any more', [], waiting_tcp())
    return play_it


@media_scene
def to_the_phone(s):
    """the provider connects to the phone"""
    ear = Listener('lan', PHONE, s.port)
    call = connect(s.phone, s.provider, msrp(PHONE, s.port, 'passive'), msrp(PROVIDER, 9, 'active'))
    port = call.offer.port
    check('the path names what m= and c= name', f'a=path:msrp://{ROUTER}:{port}/s1;tcp\r\n' in call.offer.text,
          call.offer.text)
    equal('the answer is as it was', msrp(PROVIDER, 9, 'active'), call.answer.text)
    equal('one port waits for TCP, none for UDP', ([port], []), (waiting_tcp(), media_waiting()))
    there = connect_from('wan', (ROUTER, port))
    check('a connection', there is not None)
    here, _ = ear.accept()
    exchange('both hear each other', here, there)
    time.sleep(4)
    check('a pause that ends a stream over UDP has not ended the connection', len(established(port)) == 1)
    exchange('and both hear each other', here, there)
    hang_up(call.caller, s.provider)
    check('it ends with its call', eventually(lambda: not established(port), 15), established(port))


def established(port):
    return re.findall(rf'.*ESTABLISHED.*port={port}\b.*', in_router('conntrack', '-L', '-p', 'tcp'))


@media_scene
def from_its_port(s):
    """the phone connects from the port that it has announced"""
    ear = Listener('wan', PROVIDER, s.port + 2)
    call = connect(s.phone, s.provider, msrp(PHONE, s.port, 'actpass'), msrp(PROVIDER, s.port + 2, 'passive'))
    here = connect_from('lan', (PROVIDER, s.port + 2), (PHONE, s.port))
    check('a connection', here is not None)
    there, source = ear.accept()
    equal('it comes from where the phone is published', (ROUTER, call.offer.port), source)
    exchange('both hear each other', here, there)
    hang_up(call.caller, s.provider)


@media_scene
def answered_by_the_phone(s):
    """the phone answers, and the provider connects"""
    ear = Listener('lan', PHONE, s.port)
    register(s.phone, s.provider)
    call = connect(s.provider, s.phone, msrp(PROVIDER, 9, 'active'), msrp(PHONE, s.port, 'passive'),
                   to=(ROUTER, SIP_PORT), uri=f'sip:alice@{ROUTER}')
    there = connect_from('wan', call.answer.at)
    check('a connection', there is not None)
    exchange('both hear each other', ear.accept()[0], there)
    hang_up(call.caller, s.phone)
    register(s.phone, s.provider, expires=0)


@media_scene
def fax(s):
    """a voice call turns into a fax over TCP"""
    ear = Listener('lan', PHONE, s.port)
    call = s.connect()
    s.talk(call.offer.at)
    offer, _ = reoffer(call.caller, s.provider, body(PHONE, s.port, 'passive', 'image {} TCP t38'),
                       body(PROVIDER, 9, 'active', 'image {} TCP t38'))
    there = connect_from('wan', offer.at)
    check('a connection', there is not None)
    exchange('both hear each other', ear.accept()[0], there)
    hang_up(call.caller, s.provider)


@media_scene
def active(s):
    """who connects himself has no port that waits"""
    offer = msrp(PHONE, 9, 'active')
    call = connect(s.phone, s.provider, offer, msrp(PROVIDER, s.port + 2, 'passive'))
    equal('the offer, but for the address', offer.replace(PHONE, ROUTER), call.offer.text)
    equal('nothing waits', [], waiting_tcp())
    call2 = connect(s.phone, s.provider, msrp(PHONE, s.port, 'active'), msrp(PROVIDER, s.port + 2, 'passive'))
    equal('nor at a port that he names', [], waiting_tcp())
    for c in (call, call2):
        hang_up(c.caller, s.provider)


def switched_off():
    """tcp_media=0"""
    s = Scene()
    ear = Listener('lan', PHONE, s.port)
    call = connect(s.phone, s.provider, msrp(PHONE, s.port, 'passive'), msrp(PROVIDER, 9, 'active'))
    equal('the port is as it was', s.port, call.offer.port)
    equal('nothing waits', [], waiting_tcp())
    equal('it was counted', 1, s.moved('tcp_media'))
    check('nobody comes in', connect_from('wan', (ROUTER, s.port), seconds=1) is None)
    ear.sock.settimeout(QUIET)
    try:
        check('and nobody has', not ear.accept())
    except TimeoutError:
        check('and nobody has', True)
    hang_up(call.caller, s.provider)


play(to_the_phone, from_its_port, answered_by_the_phone, fax, active, switched_off)

# SPDX-License-Identifier: GPL-2.0
"""tcp.py - peers that talk over TCP: connections, forced segments, and agents; all that sip.py does with these works.

    phone, provider = tcp_pair()
    call = connect(phone, provider, sdp(PHONE, 4000), sdp(PROVIDER, 6000))
"""
import struct
import sip
from scene import *

GROWS, SHRINKS = '10.0.0.2', '192.168.1.200'    # shorter and longer than the router's own
PLAIN_PORT = 5070                               # no helper is attached to it
PRIVATE = (b'192.168.1.', b'10.0.0.', b'fd00:1:')


# --- sockets ------------------------------------------------------------------


def _socket(ns, addr, port, mss=None, rcvbuf=None):
    with netns(ns):
        s = socket.socket(socket.AF_INET6 if is6(addr) else socket.AF_INET, socket.SOCK_STREAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if mss:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, mss)
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.bind((addr, port))
    return s


_listeners = {}


def listen(ns, addr, port, **how):
    """A listening socket, one for all scenarios of a script."""
    s, made = _listeners.get((ns, addr, port), (None, None))
    if s is None or made != how:
        if s is not None:
            s.close()
        s = _socket(ns, addr, port, **how)
        s.listen(64)
        _listeners[ns, addr, port] = s, how
    return s


def dial(ns, here, there, **how):
    """A connection from one (address, port) to another."""
    s = _socket(ns, *here, **how)
    sip._open.append(s)
    s.settimeout(WAIT)
    try:
        s.connect(there)
    except OSError as e:
        raise Missing(f'no connection from {here} to {there}: {e}') from e
    return s


def tcp_connection(here, there, ns=('lan', 'wan'), mss=None, rcvbuf=None):
    """Both ends of a connection, and where the second sees the first."""
    door = listen(ns[1], *there, mss=mss, rcvbuf=rcvbuf)
    a = dial(ns[0], here, there, mss=mss, rcvbuf=rcvbuf)
    door.settimeout(WAIT)
    b, seen = door.accept()
    sip._open.append(b)
    b.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return a, b, seen[:2]


def send_pieces(sock, pieces):
    """Each piece is a segment of its own: what is marked as the end of a record is never joined with more."""
    for piece in pieces:
        while piece:
            piece = piece[sock.send(piece, socket.MSG_EOR | socket.MSG_NOSIGNAL):]


def pieces_of(data, cuts):
    """The parts of data between the positions."""
    edges = [0, *sorted(c for c in cuts if c < len(data)), len(data)]
    return [data[a:b] for a, b in zip(edges, edges[1:]) if a < b]


def tcp_info(sock):
    """(segments sent again, segments with data sent), of the life of a connection"""
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 160)
    return struct.unpack_from('I', info, 100)[0], struct.unpack_from('I', info, 156)[0]


def retransmissions(*namespaces):
    """TCP segments that were sent again in namespaces."""
    total = 0
    for ns in namespaces or ('lan', 'wan'):
        with netns(ns), open('/proc/thread-self/net/snmp') as f:
            names, values = [line.split() for line in f if line.startswith('Tcp:')]
        total += int(values[names.index('RetransSegs')])
    return total


def framed(buf):
    """Length of the message at the start of a buffer, 0 where it is not whole."""
    end = buf.find(b'\r\n\r\n')
    if end < 0:
        return 0
    length = re.search(rb'(?i)\r\n(?:content-length|l)[ \t]*:[ \t]*(\d+)', buf[:end + 2])
    total = end + 4 + (int(length.group(1)) if length else 0)
    return total if len(buf) >= total else 0


def tcp_waiting():
    """Published TCP ports that wait for a connection."""
    text = in_router('conntrack', '-L', 'expect')
    return sorted(int(p) for p in re.findall(r'proto=6 .*?dport=(\d+)', text))


def tcp_flows(*what):
    """Lines of the router's list of TCP connections."""
    return in_router('conntrack', '-L', '-p', 'tcp', *what).splitlines()


# --- agents -------------------------------------------------------------------


class TcpAgent(Agent):
    """An agent at one end of a connection; what it sends goes there, whomever it is for."""

    def __init__(self, ns, sock, user='alice', contact=None):
        self.ns, self.sock, self.user = ns, sock, user
        self.addr, self.port = sock.getsockname()[:2]
        self.contact = contact or f'sip:{user}@{host(self.addr)}:{self.port};transport=tcp'
        self.aor = f'sip:{user}@example.com'
        self.peer = sock.getpeername()[:2]
        self.buf = bytearray()
        self.cuts = lambda data: []     # where it cuts what it sends

    def via(self, branch_=None):
        return f'SIP/2.0/TCP {host(self.addr)}:{self.port};branch={branch_ or branch()}'

    def send(self, data, to=None):
        say(f'{self} -> {self.peer[0]}:{self.peer[1]}  {data[:60]!r}')
        send_pieces(self.sock, pieces_of(data, self.cuts(data)))

    def recv(self, seconds=WAIT):
        """The next message of the stream, without the blank lines in front of it."""
        end = time.monotonic() + seconds
        ready = select.poll()
        ready.register(self.sock, select.POLLIN)
        while True:
            while self.buf.startswith(b'\r\n'):
                del self.buf[:2]
            n = framed(self.buf)
            if n:
                data = bytes(self.buf[:n])
                del self.buf[:n]
                say(f'{self} <- {self.peer[0]}:{self.peer[1]}  {data[:60]!r}')
                return data, self.peer
            if not ready.poll(max(0, end - time.monotonic()) * 1000):
                say(f'{self}: nothing came' + (f' but {bytes(self.buf)!r}' if self.buf else ''))
                return None, None
            more = self.sock.recv(65536)
            if not more:
                say(f'{self}: the other side has closed')
                return None, None
            self.buf += more

    def close(self):
        self.sock.close()


def tcp_pair(here=(PHONE, SIP_PORT), there=(PROVIDER, SIP_PORT), users=('alice', 'sbc'), **how):
    """A phone and the provider that it has connected to."""
    a, b, seen = tcp_connection(here, there, **how)
    phone, provider = TcpAgent('lan', a, users[0]), TcpAgent('wan', b, users[1])
    phone.seen_as = seen
    return phone, provider


class TcpScene(Scene):
    """A Scene whose phone has a connection to the provider."""

    def __init__(self, addr=PHONE, far=PROVIDER, to=SIP_PORT):
        self.port = next(_ports)
        self.phone, self.provider = tcp_pair((addr, self.port), (far, to))
        self.inside, self.outside = Rtp('lan', addr, self.port), Rtp('wan', far, self.port + 2)
        self.offer, self.answer = sdp(addr, self.port), sdp(far, self.port + 2)
        self.far = (far, self.port + 2)
        self.before = stats()


_ports = itertools.count(20000, 20)


def tcp_scene(fn, **how):
    """A scenario with a TcpScene of its own, at the end of which nothing may be open."""
    @functools.wraps(fn)
    def play_it():
        s = TcpScene(**how)
        fn(s)
        equal('no pinhole is left', ([], []), (waiting(), tcp_waiting()))
        equal('nothing failed', [0, 0, 0], [s.moved(n) for n in ('commit_failed', 'pinholes_full', 'malformed_sdp')])
    return play_it

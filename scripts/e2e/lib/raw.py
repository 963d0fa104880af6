# SPDX-License-Identifier: GPL-2.0
"""raw.py - two TCP ends without a TCP: they send exactly the segments that a script tells them to.

Their addresses are nobody's in their namespaces, so no kernel answers for them.  Positions are those of the
byte streams: 0 is the first byte behind the SYN, on either side of the router.

    w = Wire()                              # connected
    w.phone.send(0, data[:100])
    check('is withheld', not w.server.payload())
"""
import contextlib
import fcntl
import lines
import wire
from lines import *

FIN, SYN, RST, PSH, ACK_ = 1, 2, 4, 8, 16
MASK = 0xffffffff
RAW_GROWS, RAW_SHRINKS, RAW_SERVER = '10.0.0.77', '192.168.1.177', '203.0.113.77'

Segment = collections.namedtuple('Segment', 'at ack flags window data sack ts mss good')


def offloads_off(ns, *devices):
    """The router puts on the wire what a wire can carry: whole checksums, no packet larger than the MTU."""
    with netns(ns), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for dev in devices:
            for command in (0x17, 0x1f, 0x24):      # ETHTOOL_STXCSUM, _STSO, _SGSO
                value = ctypes.create_string_buffer(struct.pack('II', command, 0))
                fcntl.ioctl(s, 0x8946, struct.pack('16sP8x', dev.encode(), ctypes.addressof(value)))


def checksum(data):
    data += b'\0' * (len(data) & 1)
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def mac(ns, dev):
    with netns(ns), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind((dev, 0))
        return s.getsockname()[4]


class Raw:
    """One end."""

    def __init__(self, ns, dev, router_dev, addr, port, iss):
        self.ns, self.addr, self.port, self.iss, self.irs = ns, addr, port, iss, 0
        with netns(ns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self.sock.bind((dev, 0x0800))
        sip._open.append(self.sock)
        self.hop = mac('rtr', router_dev)
        in_router('ip', 'neigh', 'replace', addr, 'lladdr', ':'.join(f'{b:02x}' for b in self.sock.getsockname()[4]),
                  'dev', router_dev, 'nud', 'permanent')
        self.peer = None                # (address, port), as this end sees it
        self.acked = 0                  # what it has had of the other's stream, in the ACKs that it sends
        self.window, self.clock = 60000, None
        self.last = {}                  # what the ACKs that came say: ack, window, ts
        self.stream, self.fin, self.reset = wire.Stream(), None, None
        self.stream.start = 0
        self.faults, self.came, self.overtaken = [], [], 0
        self.ready = select.poll()
        self.ready.register(self.sock, select.POLLIN)

    # --- out

    def send(self, at, data=b'', flags=ACK_, ack=None, window=None, sack=(), syn_options=b''):
        options = syn_options
        if self.clock is not None:
            self.clock += 1
            echo = self.last.get('ts', (0, 0))[0]
            options += b'\1\1' + struct.pack('!BBII', 8, 10, self.clock, echo)
        if sack:
            options += b'\1\1' + struct.pack('!BB', 5, 2 + 8 * len(sack))
            for edge in itertools.chain(*sack):
                options += struct.pack('!I', (self.irs + 1 + edge) & MASK)
        seq = (self.iss + 1 + at - (flags & SYN > 0)) & MASK
        number = 0 if not flags & ACK_ else (self.irs + 1 + (self.acked if ack is None else ack)) & MASK
        tcp = struct.pack('!HHIIBBHHH', self.port, self.peer[1], seq, number, (20 + len(options)) // 4 << 4, flags,
                          self.window if window is None else window, 0, 0) + options + data
        ends = socket.inet_aton(self.addr) + socket.inet_aton(self.peer[0])
        tcp = tcp[:16] + struct.pack('!H', checksum(ends + struct.pack('!HH', 6, len(tcp)) + tcp)) + tcp[18:]
        ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(tcp), 0, 0x4000, 64, 6, 0) + ends
        ip = ip[:10] + struct.pack('!H', checksum(ip)) + ip[12:]
        self.sock.sendto(ip + tcp, (self.sock.getsockname()[0], 0x0800, 0, 0, self.hop))
        say(f'{self.ns} -> {self.name(flags)} {at}+{len(data)} ack {self.acked if ack is None else ack}')

    @staticmethod
    def name(flags):
        return ''.join(n for n, f in (('S', SYN), ('F', FIN), ('R', RST), ('P', PSH), ('.', ACK_)) if flags & f)

    # --- in

    def read(self, seconds):
        """The next segment for this end, or None."""
        end = time.monotonic() + seconds
        while self.ready.poll(max(0, end - time.monotonic()) * 1000):
            packet, source = self.sock.recvfrom(65535)
            if source[2] != 4 and packet[9] == 6 and packet[16:20] == socket.inet_aton(self.addr):
                head = (packet[0] & 15) * 4
                tcp = packet[head:struct.unpack_from('!H', packet, 2)[0]]
                if struct.unpack_from('!H', tcp, 2)[0] == self.port:
                    return self.take(packet, tcp)
        return None

    def take(self, packet, tcp):
        sport, _, seq, number, _, flags, window = struct.unpack_from('!HHIIBBH', tcp)
        ends = packet[12:20]
        good = not checksum(ends + struct.pack('!HH', 6, len(tcp)) + tcp) and not checksum(packet[:20])
        data, options = tcp[(tcp[12] >> 4) * 4:], tcp[20:(tcp[12] >> 4) * 4]
        if flags & SYN:
            self.peer, self.irs = (socket.inet_ntoa(packet[12:16]), sport), seq
        at = ((seq - self.irs - 1 + (1 << 31)) & MASK) - (1 << 31) + (flags & SYN > 0)
        ack = ((number - self.iss - 1 + (1 << 31)) & MASK) - (1 << 31) if flags & ACK_ else None
        sack, ts, mss = [], None, None
        while options and options[0]:
            if options[0] == 1:
                options = options[1:]
                continue
            kind, size = options[0], options[1]
            if kind == 5:
                edges = [((e - self.iss - 1 + (1 << 31)) & MASK) - (1 << 31)
                         for e in struct.unpack_from(f'!{(size - 2) // 4}I', options, 2)]
                sack = list(zip(edges[::2], edges[1::2]))
            elif kind == 8:
                ts = struct.unpack_from('!II', options, 2)
            elif kind == 2:
                mss = struct.unpack_from('!H', options, 2)[0]
            options = options[size:]
        seg = Segment(at, ack, flags, window, data, sack, ts, mss, good)
        say(f'{self.ns} <- {self.name(flags)} {at}+{len(data)} ack {ack} win {window} {sack or ""} {ts or ""}')
        self.came.append(seg)
        if not good:
            self.faults.append(f'bad checksum: {seg}')
        # two processors of the router may let one packet overtake another; its time shows that
        if ts and ts[0] < self.last.get('ts', ts)[0]:
            self.overtaken += 1
        elif flags & ACK_:
            if not flags & RST:
                if ack < self.last.get('ack', ack):
                    self.faults.append(f'its ack goes back from {self.last["ack"]} to {ack}')
                self.last |= {'ack': max(ack, self.last.get('ack', ack)), 'window': window}
            if ts:
                self.last['ts'] = ts
        if flags & RST:
            self.reset = at
        else:
            if data and at >= 0:
                fault = self.stream.put(at, data)
                if fault:
                    self.faults.append(fault)
            if flags & FIN:
                self.fin = at + len(data)
        return seg

    def all(self, seconds=QUIET):
        """What comes within a time."""
        segments, end = [], time.monotonic() + seconds
        while (seg := self.read(max(0, end - time.monotonic()))) is not None:
            segments.append(seg)
        return segments

    def until(self, condition, seconds=WAIT):
        """Reads until the condition holds; whether it does."""
        end = time.monotonic() + seconds
        while not condition():
            if self.read(max(0, end - time.monotonic())) is None:
                return condition()
        return True

    def has(self, n):
        """The stream is there up to n, without a hole."""
        return lambda: len(self.stream.seen) >= n and all(self.stream.seen[:n])

    def end(self):
        """How far the stream is there."""
        at = self.stream.seen.find(0)
        return len(self.stream.seen) if at < 0 else at

    def bytes(self, a, b):
        return bytes(self.stream.bytes[a:b])


@contextlib.contextmanager
def untranslated():
    """The router has no rule of NAT for a while, and outside knows the way back."""
    rules = in_router('nft', '-s', 'list', 'table', 'inet', 'nat')
    in_router('nft', 'delete', 'table', 'inet', 'nat')
    subprocess.run(['ip', '-n', 'wan', 'route', 'add', '10.0.0.0/24', 'via', ROUTER], check=True)
    try:
        yield
    finally:
        subprocess.run(['ip', '-n', 'wan', 'route', 'del', '10.0.0.0/24'], check=True)
        with netns('rtr'):
            subprocess.run(['nft', '-f', '-'], input=rules, text=True, check=True)


def is_ended(what, end, other):
    """An end got a reset with the number that it expects, and the other end nothing."""
    seen = len(other.stream.bytes)
    end.until(lambda: end.reset is not None)
    equal(f'{what}: it gets a reset, exactly at', end.acked, end.reset)
    other.all()
    equal(f'{what}: and nothing arrives', seen, len(other.stream.bytes))


class Wire:
    """A connection between two raw ends through the router, in the middle of a call."""

    _ports = itertools.count(50000)

    def __init__(self, addr=RAW_GROWS, iss=(1000, 5000), times=False, to=SIP_PORT, port=None, window=60000, first=True,
                 syn_data=b'', sack=True, mss=1460):
        self.phone = Raw('lan', 'l0', 'r0', addr, port or next(self._ports), iss[0])
        self.server = Raw('wan', 'w0', 'r1', RAW_SERVER, to, iss[1])
        self.server.window = window
        self.phone.peer = RAW_SERVER, to
        self.real = addr, self.phone.port
        self.call = None
        for end in (self.phone, self.server):
            end.clock = 1000 * end.port if times else None
        options = struct.pack('!BBH', 2, 4, mss) + (b'\4\2\1\1' if sack else b'')
        self.phone.send(0, syn_data, SYN, syn_options=options)
        self.server.until(lambda: self.server.peer)
        if self.server.peer is None:
            raise Missing('the SYN does not arrive')
        self.mapped = self.server.peer
        self.server.send(0, b'', SYN | ACK_, ack=0, syn_options=options)
        self.phone.until(lambda: 'ack' in self.phone.last)
        self.phone.send(0)
        self.server.until(lambda: 'ack' in self.server.last)
        self.p = self.q = 0     # how far the phone's stream is, as it sent it and as the server got it
        if first:
            self.learn()

    def learn(self):
        """The first INVITE, whole: the media ports are known then."""
        c = self.call = LineCall(self)
        words = c.words(INVITE, totag='')
        self.phone.send(0, words.inside, ACK_ | PSH)
        self.server.until(lambda: framed(self.server.stream.bytes))
        seen = bytes(self.server.stream.bytes)
        c.learn(Message(seen, self.mapped))
        expected = c.words(INVITE, totag='').outside
        if seen != expected:
            raise Different(f'the first INVITE came as {seen!r}')
        self.p, self.q = len(words.inside), len(expected)
        self.server_acks(self.q)
        if not self.phone.until(lambda: self.phone.last['ack'] == self.p):
            raise Missing(f'the first INVITE is acknowledged up to {self.phone.last["ack"]}, not {self.p}')
        c.n += 1

    def server_acks(self, n, **more):
        """The server has got its stream up to there."""
        self.server.acked = max(self.server.acked, n)
        self.server.send(self.phone.end(), b'', ack=n, **more)

    def next(self, template=INVITE, **more):
        """The next message of the call."""
        self.call.n += 1
        return self.call.words(template, **more)

    def passes(self, what, words, cuts=()):
        """A message by the book: sent, arrived, acknowledged."""
        for a, b in zip([0, *cuts], [*cuts, len(words.inside)]):
            self.phone.send(self.p + a, words.inside[a:b], ACK_ | PSH)
        end = self.q + len(words.outside)
        self.server.until(self.server.has(end))
        good = equal(f'{what} arrives', words.outside, self.server.bytes(self.q, end))
        self.p, self.q = self.p + len(words.inside), end
        self.server_acks(end)
        self.phone.until(lambda: self.phone.last['ack'] >= self.p, 2)
        return equal(f'{what} is acknowledged', self.p, self.phone.last['ack']) and good

    def sound(self):
        """Nothing was wrong with any segment at either end."""
        for end in (self.phone, self.server):
            end.all(0)
            check(f'all that came to {end.ns} is sound', not end.faults and not end.overtaken, *end.faults)


def private(segments):
    """Segments that carry an address of the inside."""
    return [s for s in segments if any(a in s.data for a in PRIVATE)]

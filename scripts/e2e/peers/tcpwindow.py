# SPDX-License-Identifier: GPL-2.0
"""Receivers with small buffers, and such that read slowly: messages larger than their windows arrive in time."""
from raw import *

BUFFER = 4096       # the kernel makes it 8192, of which the half is for bytes; a small telephone has 2144 (lwIP)


def larger_than_window(line):
    """Both sides send messages of many times the window."""
    calls_ = yield from begun(line, 1)
    c = calls_[0]
    for more in ({'pad': padding(4)}, {'sdp_pad': long_sdp(80)}, {'pad': padding(20)}):
        c.n += 1
        line.queue('inside', c.words(INVITE, **more))
        yield from line.rest()
        line.queue('outside', c.words(OK, **more), range(500, 40000, 500))
        yield from line.rest()
        yield from line.say('inside', c.words(ACK))
    yield from ended(line, calls_)


def slow_reader(line):
    """Nobody reads for a while, windows close, then all is read."""
    calls_ = yield from begun(line, 2)
    for i in range(3):
        for end in line.ends():
            end.paused = True
        for c in calls_ * 6:
            line.queue('inside', c.words(INVITE))
            line.queue('outside', c.words(INFO, pad='x' * 1500), [700])
            line.queue('inside', c.words(MESSAGE, pad='y' * 2500), [500, 1000])
        yield lambda: True
        time.sleep(1)
        for end in line.ends():
            end.paused = False
        yield from line.rest()
    yield from ended(line, calls_)


def timed(script, port, translated):
    """How long it took, and what was wrong."""
    ll = [Line(addr, to=port, translated=translated, rcvbuf=BUFFER) for addr in (GROWS, SHRINKS)]
    start, before = time.monotonic(), retransmissions()
    try:
        run(*((line, script(line)) for line in ll), seconds=60, idle=20)
        fault = None
    except Missing as e:
        fault = e
    for line in ll:
        line.close()
    return time.monotonic() - start, retransmissions() - before, fault


def compare(script):
    bare, bare_again, fault = timed(script, PLAIN_PORT, False)
    check('without helper all arrives', not fault, fault)
    took, again, fault = timed(script, SIP_PORT, True)
    print(f'# {script.__name__}: {bare:.1f} s, {bare_again} segments again; with the helper {took:.1f} s, {again}')
    check('with it too', not fault, fault)
    check('and in time', took <= 3 * bare + 5, f'{took:.1f} s instead of {bare:.1f} s')


def small_windows():
    """messages larger than the window"""
    compare(larger_than_window)


def slow():
    """slow readers"""
    compare(slow_reader)


class Telephone:
    """A raw end with a window that it keeps to: what is beyond it is not taken (lwIP's default is 2144 bytes)."""

    def __init__(self, to, port, window=2144):
        door = listen('wan', PROVIDER, to)
        self.raw = w = Raw('lan', 'l0', 'r0', RAW_GROWS, port, 5000)
        w.peer, w.window = (PROVIDER, to), window
        w.send(0, b'', SYN, syn_options=struct.pack('!BBH', 2, 4, 536))
        w.until(lambda: 'ack' in w.last)
        w.send(0)
        door.settimeout(WAIT)
        self.server, self.mapped = door.accept()
        self.real = RAW_GROWS, port
        sip._open.append(self.server)
        self.server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = bytearray()

    def takes(self, n, seconds):
        """Reads n bytes more, in order and within its window; how long that took."""
        w, start, edge = self.raw, time.monotonic(), len(self.got) + self.raw.window
        goal = len(self.got) + n
        while len(self.got) < goal and time.monotonic() - start < seconds:
            seg = w.read(0.5)
            if seg is None or not seg.data:
                continue
            if seg.at <= len(self.got):
                self.got += seg.data[len(self.got) - seg.at:max(0, edge - seg.at)]
            edge = len(self.got) + w.window
            w.acked = len(self.got)
            w.send(w.last['ack'])
        return time.monotonic() - start


def at_a_telephone(port, translated):
    """How long messages of several windows take to a small telephone, and what it got."""
    t = Telephone(port, 45000 + port)
    if not translated:
        t.mapped = t.real
    c = LineCall(t)
    invite = c.words(INVITE, totag='').inside
    t.raw.send(0, invite)
    t.raw.until(lambda: t.raw.last['ack'] >= len(invite))
    seen = t.server.recv(65536)
    c.learn(Message(seen))
    took, want = [], b''
    for n in (0, 2, 4, 8, 18):
        words = c.words(OK, pad=padding(n))
        t.server.sendall(words.outside)
        want += words.inside
        took.append(t.takes(len(words.inside), 30))
    return took, bytes(t.got), want


def telephone():
    """a small telephone"""
    bare, got, want = at_a_telephone(PLAIN_PORT, False)
    equal('without helper it reads all', want, got)
    took, got, want = at_a_telephone(SIP_PORT, True)
    equal('with it too', want, got)
    print('# without helper', *(f'{t:.2f} s' for t in bare), ' with it', *(f'{t:.2f} s' for t in took))
    check('and no message takes seconds longer', all(t < b + 3 for t, b in zip(took, bare)), took, bare)


play(small_windows, slow, telephone)

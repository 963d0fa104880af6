# SPDX-License-Identifier: GPL-2.0
# Messages in random segments, made by hand: any range in any order, repeated and overlapping, in both
# directions at once, acknowledged late and in parts.
# limit: 300
# topo: masquerade
# with: tcp_addresses no_limits
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port
"""STORM_COUNT connections from STORM_SEED on.  What one end has sent arrives at the other as its
translation; no byte ever has another value; and the end of no message is acknowledged before its receiver has done so."""
from raw import *

seed, count = int(os.environ.get('STORM_SEED', 1)), int(os.environ.get('STORM_COUNT', 60))
KINDS = {'phone': (INVITE, ACK, MESSAGE, INFO_OK), 'server': (OK, INFO)}


class Way:
    """One direction of a connection: its sender, its receiver, and what they say."""

    def __init__(self, sender, receiver, words, side, start):
        self.sender, self.receiver = sender, receiver
        self.sent = b''.join(x[side] for x in words)
        self.seen = b''.join(x[1 - side] for x in words)
        self.a, self.b = start          # where the stream is at the sender, at the receiver
        self.edges = list(zip(itertools.accumulate(len(x[side]) for x in words),
                              itertools.accumulate(len(x[1 - side]) for x in words)))
        self.segments = 0
        self.looked_at = len(receiver.came)
        self.other = None               # the direction back

    def una(self):
        return max(0, self.sender.last['ack'] - self.a)

    def arrived(self):
        return self.receiver.end() - self.b

    def done(self):
        return self.una() >= len(self.sent) and self.arrived() >= len(self.seen)

    def send(self, rng, window):
        una = self.una()
        if rng.random() < .4:
            at = una
        else:
            at = rng.randint(max(0, una - 600), min(una + window, len(self.sent)))
        n = rng.choice((1, 2, 40, 200, 536, 1400, 1400))
        data = self.sent[at:at + rng.randint(1, n)]
        if data:
            self.segments += 1
            self.sender.send(self.a + at, data, ACK_ | (PSH if rng.random() < .5 else 0))

    def acknowledge(self, rng):
        """All that is there, or what was there a while ago; SACK of what is behind a hole."""
        end = self.receiver.end()
        n = end if rng.random() < .7 else rng.randint(min(self.receiver.acked, end), end)
        blocks = []
        seen = self.receiver.stream.seen
        left = seen.find(1, end)
        if n == end and left >= 0:
            right = seen.find(0, left)
            blocks = [(left, right if right >= 0 else len(seen))]
        self.receiver.acked = max(self.receiver.acked, n)
        self.receiver.send(self.other.a + self.other.una(), b'', ack=n, sack=blocks)

    def fault(self):
        """What must never be, or None."""
        for e, t in self.edges:
            if self.receiver.acked < self.b + t and self.sender.last['ack'] >= self.a + e:
                return f'{self.sender.ns}: {self.sender.last["ack"]} is acknowledged, the message ends at {self.a + e} ' \
                       f'and at {self.b + t} outside, but only {self.receiver.acked} was'
        came, self.looked_at = self.receiver.came[self.looked_at:], len(self.receiver.came)
        for seg in came:
            at = seg.at - self.b
            if seg.data and at >= 0 and seg.data != self.seen[at:at + len(seg.data)]:
                return f'at {at} of {len(self.seen)} came {seg.data!r}, not {self.seen[at:at + len(seg.data)]!r}'
        return None


def storm(n):
    rng = random.Random(n)
    w = Wire(addr=rng.choice((RAW_GROWS, RAW_SHRINKS)), times=rng.random() < .5,
             iss=(rng.choice((7, 2**32 - 3000)), rng.choice((9, 2**32 - 3000))))
    c = w.call
    words = {side: [c.words(rng.choice(kinds), n=2000 + i, sdp_pad=long_sdp(rng.choice((0, 0, 0, 0, 30))))
                    for i in range(rng.randint(3, 12))] for side, kinds in KINDS.items()}
    out = Way(w.phone, w.server, words['phone'], 0, (w.p, w.q))
    back = Way(w.server, w.phone, words['server'], 1, (0, 0))
    out.other, back.other = back, out
    w.server.last.setdefault('ack', 0)
    both, window, limit = (out, back), rng.choice((600, 3000, 9000)), 6000
    fault = None
    while not all(way.done() for way in both) and limit and not fault:
        limit -= 1
        way = rng.choice(both)
        if not way.done() or rng.random() < .1:
            way.send(rng, window)
        wait = 0.002 if rng.random() < .3 else 0
        for end in (w.phone, w.server):
            end.all(wait)
        if rng.random() < .5:
            rng.choice(both).acknowledge(rng)
            for end in (w.phone, w.server):
                end.all(wait)
        fault = out.fault() or back.fault() or next((f for end in (w.phone, w.server) for f in end.faults), None)
    if not fault and not all(way.done() for way in both):
        fault = '; '.join(f'{way.sender.ns}: acknowledged {way.una()} of {len(way.sent)}, arrived {way.arrived()} of '
                          f'{len(way.seen)}' for way in both)
    check(f'connection {n}: all arrives, translated and acknowledged', not fault, fault)
    for end in (w.phone, w.server):
        end.sock.close()
    return out.segments + back.segments


def storms():
    """random segments"""
    start = time.monotonic()
    total = sum(storm(n) for n in range(seed, seed + count))
    print(f'# {total} segments, {time.monotonic() - start:.1f} s')


offloads_off('rtr', 'r0', 'r1')
play(storms)

# SPDX-License-Identifier: GPL-2.0
"""What a capture says of the TCP streams in it: wire.py FILE PORT [routed], the port of the outside.

A byte of a stream may be sent many times, but always with one value, or the receiver's stream
would depend on what was lost; and no private address may be in any packet that left, unless routed.
"""
import collections
import struct
import sys

PRIVATE = (b'192.168.1.', b'10.0.0.', b'fd00:1:')


def packets(path):
    """(IPv4 packet) each"""
    with open(path, 'rb') as f:
        f.read(24)
        while len(head := f.read(16)) == 16:
            data = f.read(struct.unpack('=4I', head)[2])
            if data[12:14] == b'\x08\x00':
                yield data[14:]


class Stream:
    def __init__(self):
        self.start = None
        self.bytes, self.seen = bytearray(), bytearray()
        self.again = 0

    def put(self, seq, data):
        """What is wrong with it, or None."""
        if self.start is None:
            self.start = seq        # no SYN was captured
        at = (seq - self.start) % (1 << 32)
        if at >= 1 << 31:           # a keep-alive, from before the start
            return None
        end = at + len(data)
        if len(self.bytes) < end:
            self.bytes.extend(bytes(end - len(self.bytes)))
            self.seen.extend(bytes(end - len(self.seen)))
        if any(self.seen[at:end]):
            self.again += 1
            old, mask = self.bytes[at:end], self.seen[at:end]
            if old != data:
                for i, (a, b, m) in enumerate(zip(old, data, mask)):
                    if m and a != b:
                        return f'byte {at + i} was {bytes(old[max(0, i - 30):i + 30])!r}, then {data[max(0, i - 30):i + 30]!r}'
        self.bytes[at:end] = data
        self.seen[at:end] = b'\1' * len(data)
        return None


def main(path, port, private):
    streams, faults, count = collections.defaultdict(Stream), [], 0
    for p in packets(path):
        if p[9] != 6:
            continue
        total = struct.unpack_from('!H', p, 2)[0] or len(p)
        tcp = p[(p[0] & 15) * 4:total]
        sport, dport, seq = struct.unpack_from('!HHI', tcp)
        if port not in (sport, dport):
            continue
        count += 1
        data = tcp[(tcp[12] >> 4) * 4:]
        key = p[12:16], sport, p[16:20], dport
        if tcp[13] & 2:
            streams[key] = Stream()
            streams[key].start = (seq + 1) % (1 << 32)
        if not data or tcp[13] & 4:
            continue
        fault = streams[key].put(seq if not tcp[13] & 2 else seq + 1, data)
        if fault:
            faults.append(f'{sport} -> {dport}: {fault}')
        if dport == port and any(a in data for a in private):
            faults.append(f'{sport} -> {dport}: private: {data[:400]!r}')
    print(f'{count} packets, {len(streams)} streams, {sum(len(s.bytes) for s in streams.values())} bytes, '
          f'{sum(s.again for s in streams.values())} segments again')
    for line in faults[:10]:
        print(line)
    return 1 if faults or not count else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1], int(sys.argv[2]), () if 'routed' in sys.argv else PRIVATE))

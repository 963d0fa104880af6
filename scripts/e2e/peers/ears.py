# SPDX-License-Identifier: GPL-2.0
"""Media beside a SIPp that sends it from a capture.

ears.py voice FILE              writes a capture of a second of RTP
ears.py hear NAMESPACE ADDRESS FIRST STEP COUNT
                                waits until each of the sockets has heard something
"""
import struct
import sys
from sip import *


def voice(path):
    udp_len = 8 + 12 + 160
    ip = struct.pack('>BBHHHBBH4s4s', 0x45, 0, 20 + udp_len, 0, 0, 64, 17, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    with open(path, 'wb') as f:
        f.write(struct.pack('<IHHiIII', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for n in range(50):
            packet = bytes(12) + b'\x08\0' + ip + struct.pack('>HHHH', 4000, 4000, udp_len, 0)
            packet += struct.pack('>BBHII', 0x80, 0, n, 160 * n, 1) + b'\xff' * 160
            f.write(struct.pack('<IIII', 1, 20000 * n, len(packet), len(packet)) + packet)


def hear(ns, addr, first, step, count):
    ears = {Rtp(ns, addr, first + step * i) for i in range(count)}
    end = time.monotonic() + 90
    while ears and time.monotonic() < end:
        ready = select.select([e.sock for e in ears], [], [], 1)[0]
        ears = {e for e in ears if e.sock not in ready}
    print(f'{count - len(ears)} of {count} have heard')
    return not ears


if sys.argv[1] == 'voice':
    voice(sys.argv[2])
else:
    sys.exit(not hear(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:])))

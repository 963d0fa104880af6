# SPDX-License-Identifier: GPL-2.0
"""A STUN server (RFC 8489, Binding only): stun.py ADDRESS, port 3478.

The one that Debian has speaks RFC 3489 and does not answer to what agents with ICE send.
"""
import ipaddress
import socket
import struct
import sys

COOKIE = 0x2112a442


def answer(data, source):
    kind, _, cookie = struct.unpack_from('!HHI', data)
    if kind != 1 or cookie != COOKIE:
        return None
    addr = ipaddress.ip_address(source[0]).packed
    mask = data[4:20]
    mapped = struct.pack('!BBH', 0, 1 if len(addr) == 4 else 2, source[1] ^ COOKIE >> 16)
    mapped += bytes(a ^ b for a, b in zip(addr, mask))
    return struct.pack('!HH', 0x101, len(mapped) + 4) + mask + struct.pack('!HH', 0x20, len(mapped)) + mapped


with socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM) as s:
    s.bind((sys.argv[1], 3478))
    while True:
        request, who = s.recvfrom(2048)
        response = answer(request, who) if len(request) >= 20 else None
        if response:
            s.sendto(response, who)

#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""expect-test.py - does a libnetfilter_conntrack build expectations whole? usage: expect-test.py [LIBRARY]

Builds a message for the kernel from an expectation with all that conntrackd carries, of IPv4 and of IPv6, and reads
its attributes. A line for each; status 0 when none is missing. The default is the library that programs of this
machine get.
"""
import ctypes
import socket
import struct
import sys

# of the library's header: what an expectation and a connection may have
MASTER, EXPECTED, MASK, TIMEOUT, FLAGS, HELPER, CLASS, NAT_TUPLE, NAT_DIR, FN = 0, 1, 2, 3, 5, 6, 7, 8, 9, 10
V4_SRC, V4_DST, V6_SRC, V6_DST, SPORT, DPORT, L3PROTO, L4PROTO = 0, 1, 4, 5, 8, 9, 15, 17
# of the kernel's: CTA_EXPECT_*
WANTED = {1: 'master', 2: 'tuple', 3: 'mask', 4: 'timeout', 6: 'helper', 8: 'flags', 9: 'class', 10: 'NAT',
          11: 'function'}
NAT_PARTS = {1: 'direction', 2: 'tuple'}
HEAD, FAMILY_HEAD = 16, 4


def attributes(data):
    """type -> value of netlink attributes"""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from('=HH', data)
        found[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


class Library:
    def __init__(self, name):
        self.so = ctypes.CDLL(name)
        for maker in ('nfct_new', 'nfexp_new'):
            getattr(self.so, maker).restype = ctypes.c_void_p

    def connection(self, family, src, dst, sport, dport):
        """One direction of a connection."""
        ct = ctypes.c_void_p(self.so.nfct_new())
        self.so.nfct_set_attr_u8(ct, L3PROTO, ctypes.c_uint8(family))
        kinds = (V4_SRC, V4_DST) if family == socket.AF_INET else (V6_SRC, V6_DST)
        for kind, addr in zip(kinds, (src, dst)):
            self.so.nfct_set_attr(ct, kind, ctypes.create_string_buffer(socket.inet_pton(family, addr), 16))
        self.so.nfct_set_attr_u8(ct, L4PROTO, ctypes.c_uint8(socket.IPPROTO_UDP))
        for kind, port in ((SPORT, sport), (DPORT, dport)):
            self.so.nfct_set_attr_u16(ct, kind, ctypes.c_uint16(socket.htons(port)))
        return ct

    def built(self, family, near, far, public):
        """The attributes of the message for an expectation: from far to public, which leads to near."""
        zero, ones = ('0.0.0.0', '255.255.255.255') if family == socket.AF_INET else ('::', 'ff' + 'ff:ff' * 7 + 'ff')
        exp = ctypes.c_void_p(self.so.nfexp_new())
        for kind, ct in ((MASTER, self.connection(family, near, far, 5060, 5060)),
                         (EXPECTED, self.connection(family, far, public, 0, 4000)),
                         (MASK, self.connection(family, ones, ones, 0, 65535)),
                         (NAT_TUPLE, self.connection(family, zero, near, 0, 4002))):
            self.so.nfexp_set_attr(exp, kind, ct)
        for kind, value in ((TIMEOUT, 240), (FLAGS, 0), (CLASS, 1), (NAT_DIR, 1)):
            self.so.nfexp_set_attr_u32(exp, kind, ctypes.c_uint32(value))
        self.so.nfexp_set_attr(exp, HELPER, ctypes.create_string_buffer(b'sip', 16))
        self.so.nfexp_set_attr(exp, FN, ctypes.create_string_buffer(b'nat-follow-master', 32))
        message = ctypes.create_string_buffer(4096)
        struct.pack_into('=I', message, 0, HEAD + FAMILY_HEAD)
        self.so.nfexp_nlmsg_build(message, exp)
        size = struct.unpack_from('=I', message)[0]
        return attributes(message.raw[HEAD + FAMILY_HEAD:size])


def faults(library, family, near, far, public):
    """What the message lacks, or has wrong."""
    got = library.built(family, near, far, public)
    wrong = [name for kind, name in WANTED.items() if kind not in got]
    nat = attributes(got.get(10, b''))
    if nat:
        wrong += [f'{name} of NAT' for kind, name in NAT_PARTS.items() if kind not in nat]
        if nat.get(1) != struct.pack('!I', 1):
            wrong.append(f'direction of NAT: {nat.get(1)}')
        if socket.inet_pton(family, near) not in nat.get(2, b'') or struct.pack('!H', 4002) not in nat.get(2, b''):
            wrong.append('address or port of NAT')
    if 9 in got and got[9] != struct.pack('!I', 1):
        wrong.append(f'class: {got[9]}')
    if 11 in got and got[11] != b'nat-follow-master\0':
        wrong.append(f'function: {got[11]}')
    return wrong


def main():
    library = Library(sys.argv[1] if len(sys.argv) > 1 else 'libnetfilter_conntrack.so.3')
    cases = {'IPv4': (socket.AF_INET, '192.0.2.2', '203.0.113.2', '203.0.113.1'),
             'IPv6': (socket.AF_INET6, '2001:db8:1::2', '2001:db8:2::2', '2001:db8:2::1')}
    wrong = {name: faults(library, *case) for name, case in cases.items()}
    for name, missing in wrong.items():
        print(f"{name}: {'missing or wrong: ' + ', '.join(missing) if missing else 'whole'}")
    return any(wrong.values())


sys.exit(main())

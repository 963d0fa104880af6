# SPDX-License-Identifier: GPL-2.0
"""handover.py - the router becomes another one: its connections are given to the kernel as conntrackd gives them.

What a failover peer has is what ctnetlink carries: tuples, NAT, status, time-out, the state of TCP, the helper's name
and the master of a connection; and of an expectation all, or with older libraries neither class, NAT nor function.  So
the modules are loaded anew, and each connection and expectation is taken out and put in again with that alone.
"""
import os
import socket
import struct
import subprocess
from sip import *

CT, EXP = 1, 2                  # subsystems of nfnetlink
GET, NEW = 1, 0
ORIG, REPLY, STATUS, PROTOINFO, HELP, NAT_SRC, TIMEOUT, NAT_DST, MASTER = 1, 2, 3, 4, 5, 6, 7, 13, 14
EXP_MASTER, EXP_TUPLE, EXP_MASK, EXP_TIMEOUT, EXP_HELPER, EXP_FLAGS, EXP_CLASS, EXP_NAT, EXP_FN = 1, 2, 3, 4, 6, 8, 9, 10, 11
BARE = EXP_MASTER, EXP_TUPLE, EXP_MASK, EXP_TIMEOUT, EXP_HELPER, EXP_FLAGS
WHOLE = BARE + (EXP_CLASS, EXP_NAT, EXP_FN)
IP, PROTO, NESTED = 1, 2, 0x8000
V4_SRC, V4_DST, PROTO_NUM, SRC_PORT, DST_PORT = 1, 2, 1, 2, 3
LASTS = 0x4 | 0x2 | 0x8         # IPS_ASSURED, IPS_SEEN_REPLY, IPS_CONFIRMED
ESTABLISHED, LIBERAL = 3, 0x08


def attributes(data):
    """type -> bytes of netlink attributes"""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from('=HH', data)
        found[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


def attribute(kind, data):
    return struct.pack('=HH', 4 + len(data), kind) + data + bytes(-len(data) % 4)


def nested(kind, *parts):
    return attribute(kind | NESTED, b''.join(parts))


def request(sock, what, kind, flags, body):
    """(the messages that answer it, 0 or the number of an error)"""
    messages = []
    head = struct.pack('=BBH', socket.AF_INET, 0, 0)
    sock.send(struct.pack('=IHHII', 16 + len(head) + len(body), what << 8 | kind, flags | 1, 1, 0) + head + body)
    while True:
        data = sock.recv(1 << 20)
        while data:
            size, answer = struct.unpack_from('=IH', data)
            if answer == 2:     # NLMSG_ERROR
                return messages, -struct.unpack_from('=i', data, 16)[0]
            if answer == 3:     # NLMSG_DONE
                return messages, 0
            messages.append(data[20:size])
            data = data[(size + 3) & ~3:]


def ends(data):
    """(source, destination, protocol, source port, destination port) of a tuple, as bytes"""
    ip, proto = (attributes(attributes(data)[n]) for n in (IP, PROTO))
    return ip[V4_SRC], ip[V4_DST], proto[PROTO_NUM], proto.get(SRC_PORT, b''), proto.get(DST_PORT, b'')


def tuple_of(kind, src, dst, proto, sport, dport):
    return nested(kind, nested(IP, attribute(V4_SRC, src), attribute(V4_DST, dst)),
                  nested(PROTO, attribute(PROTO_NUM, proto), attribute(SRC_PORT, sport), attribute(DST_PORT, dport)))


def nat(kind, addr, port):
    return nested(kind, attribute(1, addr), attribute(2, addr), nested(3, attribute(1, port), attribute(2, port)))


def as_injected(data, helper, seconds):
    """The connection of a dump, as a failover peer gives it to its kernel: nl_create_conntrack() of conntrackd."""
    src, dst, proto, sport, dport = orig = ends(data[ORIG])
    rsrc, rdst, _, rsport, rdport = ends(data[REPLY])
    body = tuple_of(ORIG, *orig) + tuple_of(REPLY, dst, src, proto, dport, sport)
    if (rdst, rdport) != (src, sport):
        body += nat(NAT_SRC, rdst, rdport)
    if (rsrc, rsport) != (dst, dport):
        body += nat(NAT_DST, rsrc, rsport)
    if proto == bytes([socket.IPPROTO_TCP]):
        flags = struct.pack('=BB', LIBERAL, LIBERAL)
        body += nested(PROTOINFO, nested(1, attribute(1, bytes([ESTABLISHED])), attribute(4, flags), attribute(5, flags)))
    if MASTER in data:
        body += tuple_of(MASTER, *ends(data[MASTER]))
    else:
        body += nested(HELP, attribute(1, helper.encode() + b'\0'))
    return body + attribute(STATUS, struct.pack('!I', LASTS)) + attribute(TIMEOUT, struct.pack('!I', seconds))


def expectation(data, parts):
    """The expectation of a dump, with those of its attributes; the nested ones are known by their contents."""
    inside = EXP_MASTER, EXP_TUPLE, EXP_MASK, EXP_NAT
    return b''.join(attribute(n | NESTED if n in inside else n, data[n]) for n in parts if n in data)


def dump(sock, what):
    return [attributes(m) for m in request(sock, what, GET, 0x300, b'')[0]]


def hand_over(ns='rtr', helper='sipalg', parts=WHOLE, seconds=120, pause=0.5, empty=None):
    """The namespace's connections of UDP and TCP in IPv4 are those of a router that has taken them over; it has looked at
    them when the pause is over. empty: what makes the tables empty, else the modules are loaded anew."""
    with netns(ns), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as sock:
        sock.bind((0, 0))
        conns = [a for a in dump(sock, CT) if (HELP in a or MASTER in a) and len(ends(a[ORIG])[3]) == 2]
        conns.sort(key=lambda a: MASTER in a)       # a master comes before what it has expected
        expects = dump(sock, EXP)
        (empty or reload)(ns)
        for a in conns:
            _, error = request(sock, CT, NEW, 0x600 | 4, as_injected(a, helper, seconds))
            check('a connection is taken over', not error, os.strerror(error), ends(a[ORIG]))
        for a in expects:
            _, error = request(sock, EXP, NEW, 0x600 | 4, expectation(a, parts))
            check('an expectation is taken over', not error, os.strerror(error), a)
        time.sleep(pause)
        return len(conns)


def reload(ns):
    """The modules are loaded anew, with the rules that name them and no connection of before."""
    rules = in_router('nft', '-s', 'list', 'table', 'inet', 'alg')
    in_router('nft', 'delete', 'table', 'inet', 'alg')
    for module in ('nf_nat_sipalg', 'nf_conntrack_sipalg'):
        gone = eventually(lambda m=module: subprocess.run(['rmmod', m], stderr=subprocess.DEVNULL).returncode == 0, 15)
        check(f'{module} is unloaded', gone)
    in_router('conntrack', '-F')
    subprocess.run(['modprobe', 'nf_nat_sipalg'], check=True)
    with netns(ns):
        subprocess.run(['nft', '-f', '-'], input=rules, text=True, check=True)

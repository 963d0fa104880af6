# SPDX-License-Identifier: GPL-2.0
"""A server on the router itself, with phones in the lan and outside: 4|6."""
from natscene import *

six = sys.argv[1] == '6'
INNER = Host('rtr', 'fd00:1::1' if six else '192.168.1.1', user='server')
OUTER = Host('rtr', ROUTER6 if six else ROUTER, user='server')
LAN = Host('lan', PHONE6 if six else PHONE, user='lan')
WAN = Host('wan', PROVIDER6 if six else PROVIDER, user='wan', hidden=INSIDE)


def at(machine):
    return machine.addr, SIP_PORT


def through(proto):
    """A phone outside calls one inside; media through the server."""
    a, s = pair(WAN, OUTER, proto, to=at(OUTER))
    b, t = pair(LAN, INNER, proto, to=at(INNER))
    (_, da), (seen_b, db) = registered(a, s, to=at(OUTER)), registered(b, t, to=at(INNER))
    m, left, right, n = Media(WAN), Media(OUTER), Media(INNER), Media(LAN)
    one = connect(a, s, m.sdp, left.sdp, uri=f'sip:lan@{host(OUTER.addr)}', to=at(OUTER))
    two = connect(t, b, right.sdp, n.sdp, uri=seen_b.contact, to=b.at)
    for _ in range(2):
        talk(m, one.offer, left, one.answer)
        talk(right, two.offer, n, two.answer, first=1)
    bye(two.caller, b)
    talk(m, one.offer, left, one.answer, first=1)
    one.caller.to = at(OUTER)
    bye(one.caller, s)
    unregistered(a, s, da)
    unregistered(b, t, db)


def served_plain(server, phone, proto):
    """As served(), where no address is another than it seems."""
    a, s = pair(phone, server, proto, to=at(server))
    seen, d = registered(a, s, to=at(server))
    uri = f'sip:100@{host(server.addr)}'
    for first in (0, 1):
        whole_call('to the server', a, s, uri=uri, to=at(server), read=uri, first=first, ends=first)
        whole_call('from the server', s, a, uri=seen.contact, to=a.at, first=first, ends=first)
    unregistered(a, s, d)


play(*both('a phone of the lan', served_plain, INNER, LAN), *both('a phone outside', served_plain, OUTER, WAN),
     *both('from one to the other', through))

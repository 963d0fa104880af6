# SPDX-License-Identifier: GPL-2.0
"""A server inside that its own network reaches by the public address, too: where the router puts who asks."""
from natscene import *

# as the inside address nobody was announced
exact[0] = sys.argv[1] == ROUTER
AT = ROUTER, SIP_PORT
PBX = Host('lan', PHONE, ROUTER, user='pbx')
DESK = Host('lan2', PHONE2, sys.argv[1], user='desk')
DORA = Host('wan', PROVIDER, user='dora', hidden=INSIDE)


def through(proto):
    """A phone outside calls the one inside; media through the server."""
    a, s = pair(DORA, PBX, proto, to=AT)
    b, t = pair(DESK, PBX, proto, to=AT) if proto == 'tcp' else (DESK.agent(), s)
    (_, da), (seen_b, db) = registered(a, s, to=AT), registered(b, t, to=AT)
    m, left, right, n = Media(DORA), Media(PBX), Media(PBX), Media(DESK)
    one = connect(a, s, m.sdp, left.sdp, uri=f'sip:desk@{ROUTER}', to=AT)
    two = connect(t, b, right.sdp, n.sdp, uri=seen_b.contact, to=where(seen_b.contact))
    for first in (0, 1):
        talk(m, one.offer, left, one.answer, first)
        talk(right, two.offer, n, two.answer, first)
    one.caller.to = AT
    bye(one.caller, s)
    bye(two.caller, b)
    unregistered(a, s, da)
    unregistered(b, t, db)


play(*both('a phone inside', served, PBX, DESK, to=AT), *both('one outside, one inside', through))

# SPDX-License-Identifier: GPL-2.0
"""A phone at each place, one after the other, and the first two at once: NAMESPACE/ADDRESS..."""
from natscene import *


def machine(text):
    ns, addr = text.split('/')
    return Host(ns, addr, ROUTER6 if is6(addr) else ROUTER, user=ns)


def far(phone):
    return Host('wan', PROVIDER6 if is6(phone.addr) else PROVIDER, user='sbc', hidden=INSIDE)


def at_once(one, two):
    """Both with one RTP port."""
    a, b, p = one.agent(), two.agent(), far(one).agent()
    up = []
    for phone in (a, b):
        m, n = Media(phone.host, 4000), Media(p.host)
        up.append((m, n, connect(phone, p, m.sdp, n.sdp)))
    for m, n, c in up * 2:
        talk(m, c.offer, n, c.answer, first=m is up[0][0])
    for m, n, c in up:
        bye(c.caller, p)


places = [machine(text) for text in sys.argv[1:]]
scenes = [s for place_ in places for s in both(f'{place_.ns} {place_.addr}', visit, place_, far(place_))]
if len(places) > 1 and places[0].ns != places[1].ns:
    scenes.append(of('two at once', at_once, *places[:2]))
play(*scenes)

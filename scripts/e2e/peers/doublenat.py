# SPDX-License-Identifier: GPL-2.0
"""A phone behind two routers in a row, both with the helper: 4|6."""
from natscene import *

HIDDEN = INSIDE + (b'10.9.', b'fd00:9:')
six = sys.argv[1] == '6'
PHONE_ = Host('lan', PHONE6 if six else PHONE, ROUTER6 if six else ROUTER)
SBC = Host('wan', PROVIDER6 if six else PROVIDER, user='sbc', hidden=HIDDEN)
CAROL = Host('wan', OTHER6 if six else OTHER, user='carol', hidden=HIDDEN)
routers[:] = ['rtr', 'edge']


def two_at_once():
    """A phone of each network, with the same ports."""
    near = Host('dmz', 'fd00:9::3' if six else '10.9.0.3', PHONE_.seen, user='bert')
    a, b, p = PHONE_.agent(), near.agent(), SBC.agent()
    (seen_a, da), (seen_b, db) = registered(a, p), registered(b, p)
    up = []
    for phone, seen in ((a, seen_a), (b, seen_b)):
        m, n = Media(phone.host, 4000), Media(SBC)
        up.append((m, n, connect(p, phone, n.sdp, m.sdp, uri=seen.contact, to=where(seen.contact))))
    check('each has a port of its own', len({c.answer.at for *_, c in up}) == 2, *[c.answer.text for *_, c in up])
    for m, n, c in up * 2:
        talk(n, c.offer, m, c.answer)
    for (*_, c), phone in zip(up, (a, b)):
        c.caller.to = where(c.ok.contact)
        bye(c.caller, phone)
    unregistered(a, p, da)
    unregistered(b, p, db)


def across(first):
    """The two call each other through an agent outside: the outer router tells each the other's place in its network."""
    near = Host('dmz', 'fd00:9::3' if six else '10.9.0.3', PHONE_.seen, user='bert')
    inner = 'fd00:9::2' if six else '10.9.0.2'
    m, n = Media(PHONE_), Media(near)
    j = Joined(m, n, SBC)
    equal('who is behind one is told the inner router', inner, j.told_bert.addr)
    equal('who is behind two is told the other', (near.addr, n.port), j.told_anna.at)
    exchange(m, j.told_bert, n, j.told_anna, first=first)
    j.end()


play(*both('behind two routers', visit, PHONE_, SBC, CAROL), *strictly('behind two routers', visit, PHONE_, SBC),
     of('one behind two and one behind one', two_at_once),
     of('these two, the first speaks first', across, 0), of('these two, the second speaks first', across, 1))

# SPDX-License-Identifier: GPL-2.0
"""A phone with a provider on each of two uplinks, and a gateway for media that both lead to: the one or the other is
the way to it, as the call was published."""
from natscene import *

UPLINK2 = '198.51.100.1'
GATEWAY = Host('wan', '192.0.2.10', user='gateway')
ONE = Host('wan', PROVIDER, user='one', hidden=INSIDE, media=GATEWAY)
TWO = Host('wan', '198.51.100.2', user='two', hidden=INSIDE, media=GATEWAY)
BY_ONE, BY_TWO = Host('lan', PHONE, ROUTER), Host('lan', PHONE, UPLINK2)


def at_once():
    """Calls by both at the same time, with one RTP port."""
    a, p, q = BY_ONE.agent(), ONE.agent(), TWO.agent()
    m, up = Media(BY_ONE, 4000), []
    for far in (p, q, p, q):
        n = Media(GATEWAY)
        up.append((far, n, connect(a, far, m.sdp, n.sdp)))
    equal('each is published where its signalling is', [ROUTER, UPLINK2] * 2, [c.offer.addr for *_, c in up])
    for i, (far, n, c) in enumerate(up * 2):
        talk(m, c.offer, n, c.answer, first=i & 1)
    for far, n, c in up:
        bye(c.caller, far)


def both_registered():
    """Registered at both, called by both."""
    a, p, q = BY_ONE.agent(), ONE.agent(), TWO.agent()
    seen, d = registered(a, p)
    a.host = BY_TWO
    seen2, d2 = registered(a, q)
    whole_call('in by the second', q, a, uri=seen2.contact, to=where(seen2.contact), first=1)
    a.host = BY_ONE
    whole_call('in by the first', p, a, uri=seen.contact, to=where(seen.contact), first=1)
    unregistered(a, p, d)
    unregistered(a, q, d2)


play(*both('the first uplink', visit, BY_ONE, ONE), *both('the second uplink', visit, BY_TWO, TWO),
     *strictly('the second uplink', visit, BY_TWO, TWO), of('both', at_once), of('two registrations', both_registered))

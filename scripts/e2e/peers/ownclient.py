# SPDX-License-Identifier: GPL-2.0
"""A client on the router itself, whose INPUT drops what does not belong to a call: 4|6."""
from natscene import *

six = sys.argv[1] == '6'
OWN = Host('rtr', ROUTER6 if six else ROUTER, user='router')
SBC = Host('wan', PROVIDER6 if six else PROVIDER, user='sbc', hidden=INSIDE)
CAROL = Host('wan', OTHER6 if six else OTHER, user='carol', hidden=INSIDE)


def cut(sizes):
    """Over TCP, in pieces."""
    a, p = pair(OWN, SBC, 'tcp')
    for agent in (a, p):
        agent.cuts = lambda data: list(range(sizes, len(data), sizes))
    seen, d = registered(a, p)
    whole_call('out', a, p)
    whole_call('in', p, a, uri=seen.contact, first=1, ends=1)
    unregistered(a, p, d)


def beside_a_phone():
    """A phone of the lan has the same ports and the same provider, and was first."""
    phone = Host('lan', PHONE6 if six else PHONE, OWN.seen)
    a, p = phone.agent(), SBC.agent()
    seen, d = registered(a, p)
    own = OWN.agent()
    seen_own, d_own = registered(own, p)
    check('they are told apart', seen.contact != seen_own.contact, seen.contact, seen_own.contact)
    m, n, k = Media(phone, 4000), Media(SBC), Media(OWN, 4000)
    one, two = connect(a, p, m.sdp, n.sdp), connect(own, p, k.sdp, n.sdp)
    check('their media too', one.offer.at != two.offer.at, one.offer.text, two.offer.text)
    for _ in range(2):
        talk(m, one.offer, n, one.answer)
        talk(n, one.answer, k, two.offer)
    bye(one.caller, p)
    bye(two.caller, p)
    whole_call('in to the phone', p, a, uri=seen.contact, to=where(seen.contact))
    whole_call('in to the router', p, own, uri=seen_own.contact, to=where(seen_own.contact), first=1)
    unregistered(a, p, d)
    unregistered(own, p, d_own)


def shut():
    """Without a call nothing comes in."""
    ear, far = Rtp('rtr', OWN.addr, 4200), Rtp('wan', SBC.addr, 4200)
    unheard('media of nobody\'s call', far, (OWN.addr, 4200), ear)
    a, c = OWN.agent(), CAROL.agent()
    c.dial(a.contact, a.at).request('INVITE', sdp(CAROL.addr, 4200))
    check('an INVITE from nowhere', a.recv(QUIET)[0] is None)


play(of('shut', shut), *strictly('the router\'s client', visit, OWN, SBC),
     *both('the router\'s client', visit, OWN, SBC, CAROL), of('in pieces of 200', cut, 200),
     of('in pieces of 37', cut, 37), of('beside a phone', beside_a_phone))

# SPDX-License-Identifier: GPL-2.0
"""A server behind DNAT, and machines outside that register there and call through it: PORT of the public address [6]."""
from natscene import *

six = sys.argv[2:] == ['6']
OUTSIDE = ROUTER6 if six else ROUTER
AT = OUTSIDE, int(sys.argv[1])
URI = f'sip:100@{host(OUTSIDE)}:{AT[1]}'
PBX = Host('lan', PHONE6 if six else PHONE, OUTSIDE, user='pbx')
DORA = Host('wan', PROVIDER6 if six else PROVIDER, user='dora', hidden=INSIDE)
EMIL = Host('wan', OTHER6 if six else OTHER, user='emil', hidden=INSIDE)


def through(proto):
    """A call of one phone outside to another; both have the server's own description."""
    a, s = pair(DORA, PBX, proto, to=AT)
    if proto == 'udp':
        b, s2 = EMIL.agent(), s
    else:
        b, s2 = pair(EMIL, PBX, proto, to=AT)
    (seen_a, da), (seen_b, db) = registered(a, s, to=AT), registered(b, s2, to=AT)
    m, left, right, n = Media(DORA), Media(PBX), Media(PBX), Media(EMIL)
    one = connect(a, s, m.sdp, left.sdp, uri=f'sip:emil@{host(OUTSIDE)}', to=AT)
    two = connect(s2, b, right.sdp, n.sdp, uri=seen_b.contact, to=b.at)
    equal('both are answered by the public address', [OUTSIDE] * 2, [one.answer.addr, two.offer.addr])
    for _ in range(2):
        talk(m, one.offer, left, one.answer)
        talk(right, two.offer, n, two.answer, first=1)
    one.caller.to = where(one.ok.contact)
    bye(one.caller, s)
    talk(right, two.offer, n, two.answer)
    bye(two.caller, b)
    equal('both have ended', ['ended hung-up'] * 2, [state_in('rtr', c.caller) for c in (one, two)])
    unregistered(a, s, da)
    unregistered(b, s2, db)


def fresh():
    """The server calls when no connection is left: it is published where the new one is."""
    a, s = pair(DORA, PBX)
    seen, d = registered(a, s, to=AT)
    run('rtr', 'conntrack', '-F')
    c = whole_call('from the server', s, a, uri=seen.contact, to=a.at)
    check('at a port of the router', where(c.invite.contact) == c.invite.source, c.invite.contact)
    run('rtr', 'conntrack', '-F')
    whole_call('to the server', a, s, uri=URI, to=AT, read=URI)
    unregistered(a, s, d)


def not_published():
    """Nothing but the server's own address is written anew."""
    a, s = pair(DORA, PBX)
    d = a.dial(URI, AT)
    sent = d.request('INVITE', sdp(DORA.addr, 4000))
    invite = s.take('INVITE')
    equal('an INVITE from outside is as it was', sent, invite.data)
    s.reply(invite, 486, tag='np')
    d.ack(response=a.take(486))
    s.take('ACK')


play(*both('a phone outside', served, PBX, DORA, to=AT), *both('two of them', through), *strictly('a phone outside', served, PBX, DORA, to=AT),
    
     of('after the connections are lost', fresh), of('a refused call', not_published))

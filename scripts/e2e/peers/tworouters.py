# SPDX-License-Identifier: GPL-2.0
"""Two routers, each with a network of its own, all with the same addresses: what is of one never shows in the other."""
from natscene import *


class Network:
    def __init__(self, n):
        self.rtr = f'rtr{n}'
        self.phone = Host(f'lan{n}', PHONE, ROUTER)
        self.provider = Host(f'wan{n}', PROVIDER, user='sbc', hidden=INSIDE)
        self.stranger = Host(f'wan{n}', OTHER, user='carol', hidden=INSIDE)


ONE, TWO = Network('1'), Network('2')


def alone(net, other, proto):
    """Everything in one; the other counts nothing."""
    before = stats_of(other.rtr)
    visit(net.phone, net.provider, net.stranger, proto)
    equal('the other router has counted nothing', {}, moved_in(other.rtr, before))


def twins():
    """The same call in both at once, to the last byte."""
    up = []
    for net in (ONE, TWO):
        a, p = net.phone.agent(), net.provider.agent()
        m, n = Media(net.phone, 4000), Media(net.provider, 6000)
        d = a.dial(p.contact, p.at, call_id='twins@test')
        d.local_header = '<sip:alice@example.com>;tag=twin'
        d.request('INVITE', m.sdp, branch_='z9hG4bK-twins')
        invite = p.take('INVITE')
        p.reply(invite, 200, n.sdp, tag='twin')
        d.learn(a.take(200))
        d.ack()
        p.take('ACK')
        up.append((a, p, m, n, d, invite))
    equal('the INVITE is the same in both', up[0][5].data, up[1][5].data)
    for a, p, m, n, d, invite in up * 2:
        talk(m, invite.sdp, n, Sdp(n.sdp))
    a, p, m, n, d, invite = up[0]
    bye(d, p)
    equal('it has ended in one', ['ended hung-up', 'up -'], [state_in(r, d) for r in routers])
    a, p, m, n, d, invite = up[1]
    talk(m, invite.sdp, n, Sdp(n.sdp), first=1)
    bye(d, p)


def apart():
    """Settings of one do not change the other."""
    names = {'rewrite': 0, 'media_timeout': 77, 'ports': '5070', 'media_source': 'announced'}
    before = {n: get_in(TWO.rtr, n) for n in names}
    kept = {n: get_in(ONE.rtr, n) for n in names}
    for n, v in names.items():
        set_in(ONE.rtr, n, v)
    equal('the other has what it had', before, {n: get_in(TWO.rtr, n) for n in names})
    for net, seen in ((ONE, PHONE), (TWO, ROUTER)):
        a, p = net.phone.agent(), Agent(net.provider.ns, PROVIDER)
        d = a.dial(p.contact, p.at)
        d.request('INVITE', sdp(PHONE, 4000))
        invite = p.take('INVITE')
        equal(f'{net.rtr} does what it was set to', seen, invite.sdp.addr)
        p.reply(invite, 486, tag='ap')
        d.ack(response=a.take(486))
        p.take('ACK')
    set_in(ONE.rtr, 'enabled', 0)
    equal('it is enabled', '1', get_in(TWO.rtr, 'enabled'))
    for n, v in kept.items():
        set_in(ONE.rtr, n, v)
    b = stats_of(ONE.rtr)
    a, p = ONE.phone.agent(5062), Agent(ONE.provider.ns, PROVIDER)
    a.dial(p.contact, p.at).request('OPTIONS')
    check('disabled, it changes nothing', PHONE.encode() in p.take('OPTIONS').data)
    equal('and counts nothing', {}, moved_in(ONE.rtr, b))
    set_in(ONE.rtr, 'enabled', 1)


def one_goes():
    """A router goes, with a call and a registration: the other goes on."""
    a, p = TWO.phone.agent(), TWO.provider.agent()
    registered(a, p)
    connect(a, p, sdp(PHONE, 4000), sdp(PROVIDER, 6000))
    b, q = ONE.phone.agent(), ONE.provider.agent()
    m, n = Media(ONE.phone, 4000), Media(ONE.provider, 6000)
    seen, d = registered(b, q)
    c = connect(b, q, m.sdp, n.sdp)
    run(ONE.rtr, 'ip', 'netns', 'del', TWO.rtr)
    talk(m, c.offer, n, c.answer)
    bye(c.caller, q)
    whole_call('in', q, b, uri=seen.contact, to=where(seen.contact))
    unregistered(b, q, d)


BOTH = [ONE.rtr, TWO.rtr]
play(*[of(f'{net.rtr}, {proto.upper()}', alone, net, other, proto, at=[net.rtr]) for net, other in ((ONE, TWO), (TWO, ONE))
       for proto in ('udp', 'tcp')],
     of('the same call in both', twins, at=BOTH), of('settings', apart, at=BOTH), of('one router goes', one_goes, at=[ONE.rtr]))

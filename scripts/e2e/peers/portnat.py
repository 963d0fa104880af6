# SPDX-License-Identifier: GPL-2.0
"""Two phones behind NAT that gives connections other ports than their own; the same ports are used by both."""
from natscene import *

ANNA = Host('lan', PHONE, ROUTER, user='anna')
BERT = Host('lan', PHONE2, ROUTER, user='bert')
SBC = Host('wan', PROVIDER, user='sbc', hidden=INSIDE)
CAROL = Host('wan', OTHER, user='carol', hidden=INSIDE)


def visit_moved(phone, proto):
    """As any phone, but the connection's port is not the phone's."""
    c = visit(phone, SBC, CAROL, proto)
    own = c.caller.agent.port
    check('signalling has another port', where(c.invite.contact)[1] != own, c.invite.contact)


def same_ports():
    """Both phones use 5060 and one RTP port at the same time."""
    a, b, p = ANNA.agent(), BERT.agent(), SBC.agent()
    (seen_a, da), (seen_b, db) = registered(a, p), registered(b, p)
    check('each is published on a port of its own, and not on 5060',
          len({where(seen_a.contact), where(seen_b.contact), (ROUTER, SIP_PORT)}) == 3, seen_a.contact, seen_b.contact)
    calls_up = []
    for phone, machine in ((a, ANNA), (b, BERT)):
        m, n = Media(machine, 4000), Media(SBC)
        calls_up.append((m, n, connect(phone, p, m.sdp, n.sdp)))
    check('so are their media', len({c.offer.at for _, _, c in calls_up}) == 2, calls_up[1][2].offer.text)
    check('the second on another than its own', calls_up[1][2].offer.port != 4000, calls_up[1][2].offer.text)
    for m, n, c in calls_up * 2:
        talk(m, c.offer, n, c.answer)
    hang_up(calls_up[0][2].caller, p)
    talk(calls_up[1][0], calls_up[1][2].offer, calls_up[1][1], calls_up[1][2].answer, first=1)
    hang_up(calls_up[1][2].callee, b)
    for phone, seen in ((a, seen_a), (b, seen_b)):
        caller = CAROL.agent(5091 + (phone is b))
        whole_call(f'in to {phone.user}', caller, phone, uri=seen.contact, to=where(seen.contact), ports=(None, 4000))
    unregistered(a, p, da)
    unregistered(b, p, db)


def moves():
    """The connection is lost, and the next one has another port: a refresh publishes that."""
    a, p = ANNA.agent(), SBC.agent()
    ports, d = set(), None
    for _ in range(3):
        seen, d = registered(a, p, dialog=d)
        ports.add(where(seen.contact)[1])
        whole_call('in', p, a, uri=seen.contact, to=where(seen.contact))
        run('rtr', 'conntrack', '-D', '-p', 'udp', '-s', PHONE)
    # a range without random: the kernel keeps to the port while media of the old connection are remembered
    check('the port changed', len(ports) > 1 or sys.argv[1] == 'steady', ports)
    seen, d = registered(a, p, dialog=d)
    whole_call('in after that', CAROL.agent(5093), a, uri=seen.contact, to=where(seen.contact))
    unregistered(a, p, d)


play(*[of(f'{who.user}, {proto.upper()}', visit_moved, who, proto) for who in (ANNA, BERT) for proto in ('udp', 'tcp')],
     of('two phones with the same ports', same_ports), of('a refresh from another port', moves))

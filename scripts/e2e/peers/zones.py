# SPDX-License-Identifier: GPL-2.0
"""Two networks with the same addresses, in a conntrack zone each: ADDRESS outside of the first, and of the second."""
from natscene import *

FIRST, SECOND = sys.argv[1:3]
ANNA, BERT = Host('lan', PHONE, FIRST, user='anna'), Host('lan2', PHONE, SECOND, user='bert')
SBC = Host('wan', PROVIDER, user='sbc', hidden=INSIDE)
CAROL = Host('wan', OTHER, user='carol', hidden=INSIDE)


def twins(proto):
    """Both do the same at the same time, with one Call-ID and the same tags, branches and ports."""
    ends = [pair(machine, SBC, proto) for machine in (ANNA, BERT)] if proto == 'tcp' else \
        [(machine.agent(), None) for machine in (ANNA, BERT)]
    if proto == 'udp':
        p = SBC.agent()
        ends = [(a, p) for a, _ in ends]
    regs = [registered(a, p) for a, p in ends]
    equal('each is published on its own address', [FIRST, SECOND], [where(seen.contact)[0] for seen, _ in regs])
    media = [(Media(a.host, 4000), Media(SBC)) for a, _ in ends]
    dialogs = [a.dial(p.contact, p.at, call_id=f'twins-{proto}-{os.getpid()}@test') for a, p in ends]
    dialogs[1].local_header, dialogs[1].local_tag = dialogs[0].local_header, dialogs[0].local_tag
    invites = []
    for (a, p), (m, n), d in zip(ends, media, dialogs):
        d.request('INVITE', m.sdp, branch_=f'z9hG4bK-twin-{proto}-{os.getpid()}')
        invites.append(p.take('INVITE'))
    check('both came', invites[0].source != invites[1].source or proto == 'tcp', *invites)
    equal('each offers its own address', [FIRST, SECOND], [i.sdp.addr for i in invites])
    for (a, p), (m, n), d, invite in zip(ends, media, dialogs, invites):
        p.reply(invite, 200, n.sdp, tag='twin')
        d.learn(a.take(200))
        d.ack()
        p.take('ACK')
    equal('the router lists two calls', 2, len(listed(f'twins-{proto}-{os.getpid()}@test', 'up')))
    for _ in range(2):
        for (m, n), invite in zip(media, invites):
            talk(m, invite.sdp, n, Sdp(n.sdp))
    bye(dialogs[0], ends[0][1])
    equal('one is left', 1, len(listed(f'twins-{proto}-{os.getpid()}@test', 'up')))
    talk(media[1][0], invites[1].sdp, media[1][1], Sdp(media[1][1].sdp), first=1)
    bye(dialogs[1], ends[1][1])
    for (a, p), (seen, d) in zip(ends, regs):
        whole_call(f'in to {a.user}', p, a, uri=seen.contact, to=where(seen.contact), ports=(None, 4002), first=1)
        unregistered(a, p, d)


def listed(call_id, state):
    with netns('rtr'), open('/proc/net/sipalg/calls') as f:
        return [w for w in (line.split() for line in f) if w[8] == call_id and w[1] == state]


play(*both('the first zone', visit, ANNA, SBC, CAROL), *both('the second zone', visit, BERT, SBC, CAROL),
     *both('both at once', twins))

# SPDX-License-Identifier: GPL-2.0
"""Two phones on two cables of one NAT, and an agent outside that joins them, two calls of its own, and hands their
descriptions over as they are: public | private | none, what the router makes of the sender of media that it turns round."""
from natscene import *

HOW = sys.argv[1]
ANNA = Host('lan', PHONE, ROUTER, user='anna')
BERT = Host('lan2', PHONE2, ROUTER, user='bert')
SBC = Host('wan', OTHER, user='sbc', hidden=INSIDE)


class Joined:
    """anna calls bert through the agent: what each was told of the other."""

    def __init__(self, m, n):
        self.a, self.b, self.p = ANNA.agent(), BERT.agent(), SBC.agent()
        (_, da), (seen_b, db) = registered(self.a, self.p), registered(self.b, self.p)
        self.registrations = (self.a, da), (self.b, db)
        self.one = self.a.dial('sip:bert@example.com', self.p.at)
        self.one.request('INVITE', m.sdp)
        invite = self.p.take('INVITE')
        self.offer = invite.sdp
        self.two = self.p.dial(seen_b.contact, where(seen_b.contact))
        self.two.request('INVITE', invite.body.decode())
        far = self.b.take('INVITE')
        self.told_bert = far.sdp
        self.b.reply(far, 200, n.sdp, tag='tr')
        ok = self.p.take(200)
        self.answer = ok.sdp
        self.p.reply(invite, 200, ok.body.decode(), tag='tr')
        near = self.a.take(200)
        self.told_anna = near.sdp
        for dialog, response, other in ((self.one, near, self.p), (self.two, ok, self.b)):
            dialog.learn(response)
            dialog.ack()
            other.take('ACK')
        equal('outside both are at the router', [ROUTER] * 2, [self.offer.addr, self.answer.addr])

    def end(self):
        bye(self.one, self.p)
        bye(self.two, self.b)
        equal('both calls have ended', ['ended hung-up'] * 2, [state_in('rtr', d) for d in (self.one, self.two)])
        for phone, d in self.registrations:
            unregistered(phone, self.p, d)


def direct():
    """hairpin=1: each is told where the other really is."""
    m, n = Media(ANNA), Media(BERT)
    j = Joined(m, n)
    equal('bert is told anna\'s own address', (PHONE, m.port), j.told_bert.at)
    equal('anna is told bert\'s', (PHONE2, n.port), j.told_anna.at)
    talk(m, j.told_bert, n, j.told_anna)
    j.end()


def sources(m, n, j):
    """Where each must hear the other from, None: from anywhere."""
    if HOW == 'public':     # RFC 4787 REQ-9: the mapping itself
        return j.offer.at, j.answer.at
    if HOW == 'private':
        return None, None
    return (PHONE, m.port), (PHONE2, n.port)


def turned(first, ports=(None, None)):
    """hairpin=0: each is told the other's mapping, and the router turns media round."""
    with settings(hairpin=0):
        m, n = Media(ANNA, ports[0]), Media(BERT, ports[1])
        j = Joined(m, n)
        equal('bert is told anna\'s mapping', j.offer.at, j.told_bert.at)
        equal('anna is told bert\'s', j.answer.at, j.told_anna.at)
        from_anna, from_bert = sources(m, n, j) if ports == (None, None) else (None, None)
        for i, what in enumerate(('RTP', 'RTCP')):
            to_bert, to_anna = place(j.told_anna, i), place(j.told_bert, i)
            turns = [(m, to_bert, n, from_anna), (n, to_anna, m, from_bert)]
            for x, to, y, source in (turns[::-1] if first else turns) * 2:
                if not heard(f'{what} of {x.host.user}', x.socks[i], to, y.socks[i], source and (source[0], source[1] + i)):
                    raise Missing('media')
        j.end()


play(of('directly', direct), of('turned round, the caller first', turned, 0), of('turned round, the callee first', turned, 1),
     of('turned round, with one port', turned, 0, (4000, 4000)),
     of('turned round, with one port, the callee first', turned, 1, (4100, 4100)))

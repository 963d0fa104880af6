# SPDX-License-Identifier: GPL-2.0
# Forked calls, outside and inside: early media of every branch is heard until one answers; what
# becomes of the others; answers that cross a CANCEL, and a second answer.
# topo: masquerade
# addr: lan 192.168.1.3/24
# addr: wan 203.0.113.4/24
# after: expectations calls pinholes
from scene import *


def others(s):
    """Two more callees outside: their media and descriptions."""
    media = [Rtp('wan', OTHER, s.port + 12), Rtp('wan', '203.0.113.4', s.port + 14)]
    return media, [sdp(OTHER, s.port + 12), sdp('203.0.113.4', s.port + 14)]


@scene
def outside(s):
    """two callees outside with early media"""
    media, bodies = others(s)
    d, invite = s.invite()
    for tag, body in zip(('f1', 'f2'), bodies):
        s.provider.reply(invite, 183, body, tag=tag)
        equal(f'{tag} is announced to the phone as it is', body, s.phone.take(183).body.decode())
    for i in (0, 1, 0):
        heard(f'early media of branch {i + 1}', media[i], invite.sdp.at, s.inside)
        heard(f'the phone to branch {i + 1}', s.inside, (media[i].addr, media[i].port), media[i], invite.sdp.at)
    equal('it is one call, ringing', 'ringing -', call_state(d))
    s.provider.reply(invite, 200, bodies[1], tag='f2')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    equal('it is up', 'up -', call_state(d))
    heard('the one that answered is heard', media[1], invite.sdp.at, s.inside)
    heard('and hears', s.inside, (media[1].addr, media[1].port), media[1], invite.sdp.at)
    hang_up(d, s.provider)


@scene
def outside_fails(s):
    """one branch outside fails, the other answers"""
    media, bodies = others(s)
    d, invite = s.invite()
    s.provider.reply(invite, 183, bodies[0], tag='g1')
    s.phone.take(183)
    heard('early media of the first', media[0], invite.sdp.at, s.inside)
    s.provider.reply(invite, 180, tag='g2')
    s.phone.take(180)
    s.provider.reply(invite, 200, s.answer, tag='g2')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    s.talk(invite.sdp.at, 'the second, which was never announced before')
    hang_up(s.provider.dialog_of(invite, 'g2'), s.phone)
    equal('it has ended', 'ended hung-up', call_state(d))


class Rings:
    """Two registered phones ring on one INVITE from outside, each with early media."""

    def __init__(self, s):
        self.phones = [s.phone, Agent('lan', PHONE2, user='bert')]
        self.media = [s.inside, Rtp('lan', PHONE2, s.port)]
        self.tags = ['i1', 'i2']
        self.registered = [register(p, s.provider) for p in self.phones]
        call_id, self.invites, self.dialogs = f'rings-{s.port}@test', [], []
        for p, (seen, _, _) in zip(self.phones, self.registered):
            d = s.provider.dial(seen.contact, at_of(seen.contact), call_id)
            d.local_header, d.local_tag = '<sip:carol@example.com>;tag=fork', 'fork'
            d.request('INVITE', s.answer, cseq=1)
            self.dialogs.append(d)
            self.invites.append(p.take('INVITE'))
        self.early = []
        for i, p in enumerate(self.phones):
            p.reply(self.invites[i], 183, sdp(p.addr, s.port), tag=self.tags[i])
            self.early.append(s.provider.take(183).sdp.at)
        check('each publishes a port of its own', self.early[0] != self.early[1], self.early)
        for i in (0, 1):
            heard(f'phone {i + 1} hears', s.outside, self.early[i], self.media[i])
            heard(f'phone {i + 1} is heard', self.media[i], s.far, s.outside, self.early[i])

    def answers(self, s, i):
        p, d = self.phones[i], self.dialogs[i]
        p.reply(self.invites[i], 200, sdp(p.addr, s.port), tag=self.tags[i])
        ok = s.provider.take(200)
        d.learn(ok)
        d.request('ACK', cseq=1)
        p.take('ACK')
        d.cseq = 1
        return ok

    def is_cancelled(self, s, i):
        p, d = self.phones[i], self.dialogs[i]
        d.request('CANCEL', cseq=1, branch_=d.invite[1])
        p.reply(p.take('CANCEL'), 200, contact=False)
        s.provider.take(200)
        p.reply(self.invites[i], 487, tag=self.tags[i], contact=False)
        s.provider.take(487)

    def leave(self, s):
        for p, (_, _, d) in zip(self.phones, self.registered):
            register(p, s.provider, expires=0, dialog=d)


@scene
def inside(s):
    """two phones ring, one answers"""
    idle_times(300, 300)
    r = Rings(s)
    ok = r.answers(s, 1)
    equal('it keeps its port', r.early[1], ok.sdp.at)
    r.is_cancelled(s, 0)
    check('no pinhole of the other waits', not {r.early[0][1], r.early[0][1] + 1} & set(media_waiting()), waiting())
    equal('the call is up', 'up -', call_state(r.dialogs[1]))
    heard('the one that answered hears', s.outside, r.early[1], r.media[1])
    heard('and is heard', r.media[1], s.far, s.outside, r.early[1])

    def has_stopped():
        r.media[0].drain()
        s.outside.speak('to the loser', r.early[0])
        return r.media[0].hear(QUIET)[0] is None
    check('media of the other stops within 5 s and a bit', eventually(has_stopped, 8))
    heard('the one that answered still hears', s.outside, r.early[1], r.media[1])
    hang_up(r.dialogs[1], r.phones[1])
    equal('it has ended', 'ended hung-up', call_state(r.dialogs[1]))
    r.leave(s)


@scene
def all_refuse(s):
    """two phones ring, both refuse"""
    r = Rings(s)
    for i in (0, 1):
        r.phones[i].reply(r.invites[i], 486, tag=r.tags[i], contact=False)
        s.provider.take(486)
        if not i:
            equal('the call rings on', 'ringing -', call_state(r.dialogs[0]))
            check('only the pinholes of the first close', r.early[0][1] + 1 not in media_waiting() and
                  r.early[1][1] + 1 in media_waiting(), waiting(), r.early)
    equal('it has ended', 'ended refused', call_state(r.dialogs[0]))
    equal('nothing of it waits', [], [p for p in media_waiting() if p in {q + i for _, q in r.early for i in (0, 1)}])
    r.leave(s)


@scene
def crossed(s):
    """200 and CANCEL cross, the CANCEL is answered with 200"""
    d, invite = s.invite()
    s.provider.reply(invite, 180, tag='cr')
    s.phone.take(180)
    d.cancel()
    cancel = s.provider.take('CANCEL')
    s.provider.reply(invite, 200, s.answer, tag='cr')
    s.provider.reply(cancel, 200, contact=False)
    d.learn(s.phone.take(200))
    s.phone.take(200)
    d.ack()
    s.provider.take('ACK')
    equal('the call is up', 'up -', call_state(d))
    s.talk(invite.sdp.at)
    hang_up(d, s.provider)
    equal('and ends by its BYE', 'ended hung-up', call_state(d))


@scene
def second_answer(s):
    """a second 200, of another branch"""
    media, bodies = others(s)
    d, invite = s.invite()
    s.provider.reply(invite, 180, tag='s1')
    s.provider.reply(invite, 180, tag='s2')
    s.phone.take(180)
    s.phone.take(180)
    s.provider.reply(invite, 200, s.answer, tag='s1')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    s.talk(invite.sdp.at)
    s.provider.reply(invite, 200, bodies[0], tag='s2')
    late = s.phone.take(200)
    equal('it reaches the phone', 's2', late.tag('to'))
    # RFC 3261 13.2.2.4: the phone acknowledges it and hangs it up
    second = s.phone.dial(late.contact, s.provider.at, d.call_id)
    second.local_header, second.cseq = d.local_header, d.cseq
    second.learn(late)
    second.ack()
    s.provider.take('ACK')
    hang_up(second, s.provider)
    equal('its BYE does not end the call', 'up -', call_state(d))
    s.talk(invite.sdp.at, 'media of the first')
    hang_up(d, s.provider)
    equal('the first one\'s does', 'ended hung-up', call_state(d))


@scene
def repeated_answer(s):
    """200 that comes three times"""
    d, invite = s.invite()
    for _ in range(3):
        s.provider.reply(invite, 200, s.answer, tag='ra')
    oks = [s.phone.take(200) for _ in range(3)]
    equal('all are the same', 1, len({m.data for m in oks}))
    d.learn(oks[0])
    for _ in range(3):
        d.ack()
        s.provider.take('ACK')
    s.talk(invite.sdp.at)
    hang_up(d, s.provider)
    s.provider.reply(invite, 200, s.answer, tag='ra')
    s.phone.take(200)
    equal('a late one does not revive it', 'ended hung-up', call_state(d))
    equal('and opens nothing', [], media_waiting())


play(outside, outside_fails, inside, all_refuse, crossed, second_answer, repeated_answer)

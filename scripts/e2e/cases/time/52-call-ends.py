# SPDX-License-Identifier: GPL-2.0
# Every way for a call to end: what happens to its media, what it is listed with, and that no other
# call of the same flow is hurt.
# limit: 240
# topo: masquerade
# after: expectations calls pinholes
from scene import *


class Pair:
    """Two calls of one flow; the second must never be hurt by what happens to the first."""

    def __init__(self, s):
        self.s, self.port = s, s.port + 8
        self.inside, self.outside = Rtp('lan', PHONE, self.port), Rtp('wan', PROVIDER, self.port + 2)
        self.first = s.connect()
        self.second = self.connect_other()
        s.talk(self.first.offer.at)
        self.other_talks('beside it')

    def connect_other(self):
        return connect(self.s.phone, self.s.provider, sdp(PHONE, self.port), sdp(PROVIDER, self.port + 2))

    def other_talks(self, what='the other call talks on'):
        heard(what + ', in', self.outside, self.second.offer.at, self.inside)
        heard(what + ', out', self.inside, (PROVIDER, self.port + 2), self.outside, self.second.offer.at)

    def other_is_well(self):
        equal('the other call is up', 'up -', call_state(self.second.caller))
        self.other_talks()
        hang_up(self.second.callee, self.s.phone)


def passes(s, at):
    """(in, out): whether a packet comes through just now."""
    for sock in (s.inside, s.outside):
        sock.drain()
    s.outside.speak('in', at)
    s.inside.speak('out', s.far)
    return s.inside.hear(QUIET)[0] == 'in', s.outside.hear(QUIET)[0] == 'out'


def stops(s, at, seconds):
    """Talks on; how long it takes till nothing passes any more, in either direction."""
    start = time.monotonic()
    while (state := passes(s, at)) != (False, False):
        if time.monotonic() > start + seconds:
            return state
    return time.monotonic() - start


def is_shut(s, at):
    """Now, both ways, also for who sends on."""
    equal('its connections are gone', [], flows(at[1]))
    check('its pinholes too', at[1] not in media_waiting(), waiting())
    equal('media stops at once, in and out', (False, False), passes(s, at))


@scene
def by_bye(s):
    """BYE and 200"""
    idle_times(300, 300)
    pair = Pair(s)
    at = pair.first.offer.at
    hang_up(pair.first.caller, s.provider)
    equal('it is listed', 'ended hung-up', call_state(pair.first.caller))
    equal('media that is under way still passes', (True, True), passes(s, at))
    took = stops(s, at, 12)
    check('it stops within 5 s and a bit, though both send on', isinstance(took, float) and took < 8, took, *flows(at[1]))
    pair.other_is_well()


@scene
def too_long(s):
    """call_max_duration"""
    with settings(call_max_duration=3):
        call = s.connect()
        s.talk(call.offer.at)
        start = time.monotonic()
        check('both talk till then', stays(lambda: passes(s, call.offer.at) == (True, True), 2))
        check('it ends', eventually(lambda: call_state(call.caller) == 'ended too-long'), call_state(call.caller))
        took = time.monotonic() - start
        check('after 3 s and a tick', 2.5 < took < 7, took)
        is_shut(s, call.offer.at)
    call.caller.request('BYE')
    s.provider.reply(s.provider.take('BYE'), 200, contact=False)
    s.phone.take(200)
    equal('a BYE afterwards passes and changes nothing', 'ended too-long', call_state(call.caller))


@scene
def too_long_one(s):
    """call_max_duration, and a younger call on the same flow"""
    call = s.connect()
    s.talk(call.offer.at)
    time.sleep(4)
    port = s.port + 8
    inside, outside = Rtp('lan', PHONE, port), Rtp('wan', PROVIDER, port + 2)
    young = connect(s.phone, s.provider, sdp(PHONE, port), sdp(PROVIDER, port + 2))
    with settings(call_max_duration=4):
        check('the old one ends', eventually(lambda: call_state(call.caller) == 'ended too-long', 3), calls())
        is_shut(s, call.offer.at)
        equal('the young one does not', 'up -', call_state(young.caller))
        heard('it hears', outside, young.offer.at, inside)
    hang_up(young.callee, s.phone)


@scene
def by_order(s):
    """an administrator's order"""
    idle_times(300, 300)
    pair = Pair(s)
    ended = number(pair.first.caller)
    equal('"end ID" is taken', 0, order(f'end {ended}\n'))
    equal('it is listed', 'ended administrator', call_state(pair.first.caller))
    is_shut(s, pair.first.offer.at)
    equal('a second time there is no such call', 'ENOENT', order(f'end {ended}\n'))
    equal('nor is there one of another number', 'ENOENT', order('end 4294967295\n'))
    for text in ('end', 'end ', 'end x', 'end -1', f'end {ended} 1', f'stop {ended}', f'{ended}', '\n', 'end 4294967296',
                 'END 1', 'end 0x1'):
        equal(f'{text!r} is refused', 'EINVAL', order(text))
    pair.other_is_well()


@scene
def waiting_ended(s):
    """an order while it rings"""
    d, invite = s.invite()
    s.provider.reply(invite, 180, tag='wo')
    s.phone.take(180)
    equal('"end ID" is taken', 0, order(f'end {number(d)}'))
    equal('it is listed', 'ended administrator', call_state(d))
    equal('nothing waits', [], media_waiting())
    s.provider.reply(invite, 200, s.answer, tag='wo')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    equal('an answer afterwards opens nothing', [], media_waiting())
    equal('and does not revive it', 'ended administrator', call_state(d))


@scene
def dead(s):
    """dead_call_timeout"""
    idle_times(300, 300)
    with settings(dead_call_timeout=3, media_timeout=4):    # the grain of what is heard is a quarter of this
        pair = Pair(s)
        first, second = pair.first.caller, pair.second.caller

        def other_speaks_on():
            pair.outside.speak('on', pair.second.offer.at)
            return True
        check('the call that is silent ends',
              eventually(lambda: other_speaks_on() and call_state(first) == 'ended silent', 12), calls())
        check('its connections go', eventually(lambda: other_speaks_on() and not flows(s.port), 8), *flows(s.port))
        check('the one that is heard does not', call_state(second) == 'up -', *map(' '.join, calls().values()))
        pair.inside.drain()
        pair.other_talks()
    hang_up(pair.second.callee, s.phone)


@scene
def no_answer(s):
    """invite_timeout"""
    with settings(invite_timeout=1):
        d, invite = s.invite()
        check('it ends', eventually(lambda: call_state(d) == 'ended no-answer'), call_state(d))
        equal('nothing waits', [], media_waiting())


@scene
def rang_out(s):
    """ringing_timeout"""
    with settings(ringing_timeout=1, invite_timeout=30):
        d, invite = s.invite()
        s.provider.reply(invite, 180, tag='ro')
        s.phone.take(180)
        check('it ends', eventually(lambda: call_state(d) == 'ended rang-out'), call_state(d))
        equal('nothing waits', [], media_waiting())
        unheard('nothing comes in', s.outside, invite.sdp.at, s.inside)


@scene
def was_refused(s):
    """a final failure"""
    d, invite = s.invite()
    s.provider.reply(invite, 404, tag='wr', contact=False)
    d.ack(response=s.phone.take(404))
    s.provider.take('ACK')
    equal('it is listed', 'ended refused', call_state(d))


@scene
def unanswered_bye(s):
    """a BYE that nobody answers"""
    call = s.connect()
    s.talk(call.offer.at)
    call.caller.request('BYE')
    s.provider.take('BYE')
    start = time.monotonic()
    check('the call stays for a while', stays(lambda: call_state(call.caller) == 'up -', 5))
    # it talks on: media does not renew a call that is being hung up
    def has_ended():
        passes(s, call.offer.at)
        return call_state(call.caller) == 'ended hung-up'
    check('its time ends it', eventually(has_ended, 45), calls())
    took = time.monotonic() - start
    check('after 64*T1', 28 < took < 40, took)


play(by_bye, too_long, too_long_one, by_order, waiting_ended, dead, no_answer, rang_out, was_refused, unanswered_bye)

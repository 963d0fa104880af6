# SPDX-License-Identifier: GPL-2.0
# A stream falls silent: its connection goes, the call stays, the pinhole is armed again, and media
# comes back through the same port; a held stream has more time.
# limit: 180
# topo: masquerade
# after: expectations pinholes
from scene import *


def media_flows(s, *ports):
    """How many connections each of the phone's ports has."""
    return [len(flows(p)) for p in ports or (s.port,)]


def comes_back(s, call, what='after the silence'):
    check(f'{what}: the pinhole waits again', eventually(lambda: call.offer.port in media_waiting()), waiting())
    equal(f'{what}: the call is up', 'up -', call_state(call.caller))
    s.talk(call.offer.at, what)


@scene
def silent(s):
    """media_timeout"""
    idle_times(300, 300)
    with settings(media_timeout=4):
        call = s.connect()
        s.talk(call.offer.at)
        start = time.monotonic()
        check('its connection goes', eventually(lambda: media_flows(s) == [0], 12), *flows(s.port))
        took = time.monotonic() - start
        check('after media_timeout and a tick', 2.5 < took < 8, took)
        comes_back(s, call)
        again, _ = reoffer(call.caller, s.provider, s.offer, s.answer)
        equal('the published port is the same', call.offer.at, again.at)
        hang_up(call.caller, s.provider)


@scene
def inside_returns(s):
    """the inside speaks first after the silence"""
    with settings(media_timeout=4):
        call = s.connect()
        s.talk(call.offer.at)
        check('its connection goes', eventually(lambda: media_flows(s) == [0], 12), *flows(s.port))
        heard('from the published port', s.inside, s.far, s.outside, call.offer.at)
        heard('and answered', s.outside, call.offer.at, s.inside)
        hang_up(call.callee, s.phone)


@scene
def each_by_itself(s):
    """two streams, one is silent"""
    with settings(media_timeout=4):
        second, far = Rtp('lan', PHONE, s.port + 4), Rtp('wan', PROVIDER, s.port + 6)
        call = connect(s.phone, s.provider, sdp(PHONE, s.port, s.port + 4), sdp(PROVIDER, s.port + 2, s.port + 6))
        at = [(m[2], m[1]) for m in call.offer.media]
        s.talk(at[0], 'the first')
        heard('the second', far, at[1], second)

        def the_second_goes():
            s.outside.speak('more', at[0])
            return media_flows(s, s.port + 4) == [0]
        check('the silent one goes', eventually(the_second_goes, 12), *flows(s.port + 4))
        equal('the other stays', [1], media_flows(s))
        s.inside.drain()
        s.talk(at[0], 'the first')
        check('the silent one waits again', eventually(lambda: at[1][1] in media_waiting()), waiting())
        heard('it comes back', far, at[1], second)
        hang_up(call.caller, s.provider)


def held(s, on_hold):
    """A call on hold, and what tells whether its connection is there."""
    call = s.connect()
    s.talk(call.offer.at)
    reoffer(call.caller, s.provider, on_hold, s.answer)
    return call


def resume(s, call):
    back, _ = reoffer(call.caller, s.provider, sdp(PHONE, s.port, version=3), s.answer)
    equal('resumed at the same port', call.offer.at, back.at)
    s.talk(back.at, 'media after resume')


def holds(s, on_hold):
    idle_times(300, 300)
    with settings(media_timeout=2, hold_timeout=60):
        call = held(s, on_hold)
        check('media_timeout does not apply', stays(lambda: media_flows(s) == [1], 5), *flows(s.port))
        resume(s, call)
        check('after resume it does', eventually(lambda: media_flows(s) == [0], 10), *flows(s.port))
        hang_up(call.caller, s.provider)
    s.port, s.far = s.port + 8, (PROVIDER, s.port + 10)
    s.inside, s.outside = Rtp('lan', PHONE, s.port), Rtp('wan', *s.far)
    s.offer, s.answer = sdp(PHONE, s.port), sdp(*s.far)
    with settings(media_timeout=60, hold_timeout=3):
        call = held(s, sdp(PHONE, s.port, version=2, mode='sendonly'))
        check('hold_timeout does', eventually(lambda: media_flows(s) == [0], 10), *flows(s.port))
        comes_back(s, call, 'from hold')
        resume(s, call)
        hang_up(call.caller, s.provider)


@scene
def hold_sendonly(s):
    """hold by a=sendonly"""
    holds(s, sdp(PHONE, s.port, version=2, mode='sendonly'))


@scene
def hold_zero(s):
    """hold by c=0.0.0.0"""
    holds(s, sdp(PHONE, s.port, version=2, conn='0.0.0.0'))


@scene
def kernel_forgets(s):
    """the kernel forgets the connection after 2 s"""
    idle_times(2, 2)
    with settings(media_timeout=4):
        call = s.connect()
        s.talk(call.offer.at)
        check('its connection goes', eventually(lambda: media_flows(s) == [0], 12), *flows(s.port))
        comes_back(s, call)
        hang_up(call.caller, s.provider)


@scene
def unbroken(s):
    """media that pauses longer than the kernel remembers"""
    idle_times(2, 2)
    with settings(media_timeout=8):
        call = s.connect()
        s.talk(call.offer.at)
        check('its connection goes', eventually(lambda: media_flows(s) == [0]), *flows(s.port))
        # 20 packets a second as a gateway sends them, whatever waits or not
        end, got = time.monotonic() + 12, None
        while got is None and time.monotonic() < end:
            s.outside.speak('on and on', call.offer.at)
            got, _ = s.inside.hear(0.05)
        check('a stream that goes on is heard again', got is not None, waiting(), *flows(call.offer.port))
        hang_up(call.caller, s.provider)


@scene
def long_hold(s):
    """hold for longer than the kernel remembers"""
    idle_times(2, 2)
    with settings(media_timeout=2, hold_timeout=3600):
        call = held(s, sdp(PHONE, s.port, version=2, mode='inactive'))
        check('its connection goes', eventually(lambda: media_flows(s) == [0]), *flows(s.port))
        check('the call stays', stays(lambda: call_state(call.caller) == 'up -', 3))
        resume(s, call)
        hang_up(call.callee, s.phone)


play(silent, inside_returns, each_by_itself, hold_sendonly, hold_zero, kernel_forgets, unbroken, long_hold)

# SPDX-License-Identifier: GPL-2.0
"""Calls whose media is offloaded to a flowtable."""
from scene import *


def talk_on(s, at, n=10):
    for i in range(n):
        s.outside.speak(f'in {i}', at)
        s.inside.speak(f'out {i}', s.far)
        s.inside.hear()
        s.outside.hear()


def offloaded(s):
    return [f for f in flows(s.port) if 'OFFLOAD' in f]


@scene
def media(s):
    """media"""
    call = s.connect()
    talk_on(s, call.offer.at)
    equal('its connection is offloaded', 1, len(offloaded(s)))
    check('and carries no helper', all('helper=' not in f for f in flows(s.port)), *flows(s.port))
    signalling = in_router('conntrack', '-L', '-p', 'udp', '--orig-port-dst', '5060')
    check('signalling is not, and does', 'OFFLOAD' not in signalling and 'helper=' in signalling, signalling)
    s.talk(call.offer.at, 'offloaded media')
    again, _ = reoffer(call.caller, s.provider, s.offer, s.answer)
    equal('a re-INVITE publishes the same port', call.offer.at, again.at)
    s.talk(call.offer.at, 'after it, media')
    talk_on(s, call.offer.at)
    hang_up(call.caller, s.provider)
    check('after the call it ends', eventually(lambda: not [f for f in flows(s.port) if 'src=' + PHONE in f], 8),
          *flows(s.port))
    unheard('nothing comes in', s.outside, call.offer.at, s.inside)
    unheard('nothing goes out', s.inside, s.far, s.outside)


@scene
def silent(s):
    """offloaded media that falls silent"""
    with settings(media_timeout=4):
        call = s.connect()
        talk_on(s, call.offer.at)
        equal('its connection is offloaded', 1, len(offloaded(s)))

        def talks():
            talk_on(s, call.offer.at, 2)
            return len(flows(s.port)) == 1
        check('while it talks it stays', stays(talks, 6), *flows(s.port))
        check('then its connection goes', eventually(lambda: not flows(s.port), 20), *flows(s.port))
        equal('the call stays', 'up -', call_state(call.caller))
        check('the pinhole waits again', eventually(lambda: call.offer.port in media_waiting()), waiting())
        s.talk(call.offer.at, 'media after the silence')
        hang_up(call.callee, s.phone)


@scene
def by_order(s):
    """offloaded media of a call that an administrator ends"""
    call = s.connect()
    talk_on(s, call.offer.at)
    equal('its connection is offloaded', 1, len(offloaded(s)))
    equal('the order is taken', 0, order(f'end {number(call.caller)}'))
    # the flow is torn down by the flowtable's own work
    check('nothing goes out any more', eventually(lambda: s.outside.drain() or s.inside.speak('x', s.far) or
                                                  s.outside.hear(QUIET)[0] is None, 4))
    unheard('nothing comes in', s.outside, call.offer.at, s.inside)


play(media, silent, by_order)

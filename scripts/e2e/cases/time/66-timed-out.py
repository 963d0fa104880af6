# SPDX-License-Identifier: GPL-2.0
# call_timeout and the session timer end a call that nobody has hung up, and nothing else does.
# limit: 300
# topo: masquerade
# after: expectations calls pinholes
"""Calls that end by time; their least times are 60 s and 90 s and 32, so all of them wait together."""
from scene import *


def call(s, i, **timer):
    """One call with ports of its own."""
    port = s.port + 4 * i
    d, invite = s.invite(sdp(PHONE, port), **timer)
    s.provider.reply(invite, 200, sdp(PROVIDER, port + 2), tag=f'to{i}', **timer)
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    return d, port


def say_something(s, d, method, **timer):
    d.request(method, **timer)
    s.provider.reply(s.provider.take(method), 200, **timer)
    s.phone.take(200)


@scene
def all_timers(s):
    """time"""
    timer = {'headers': [('Session-Expires', '90'), ('Supported', 'timer')]}
    start = time.monotonic()

    def at(second):
        time.sleep(max(0, start + second - time.monotonic()))

    with settings(call_timeout=60):
        silent, silent_port = call(s, 0)
        spoken, _ = call(s, 1)
        timed, timed_port = call(s, 2, **timer)
        renewed, _ = call(s, 3, **timer)
        at(40)
        say_something(s, spoken, 'INFO')
        say_something(s, renewed, 'UPDATE', **timer)
        at(55)
        equal('call_timeout: before its time it is up', 'up -', call_state(silent))
        check('call_timeout: then it ends', eventually(lambda: call_state(silent) == 'ended timed-out', 15), calls())
        check('its pinholes with it', silent_port not in media_waiting(), waiting())
        equal('the one that was spoken in is up', 'up -', call_state(spoken))
        equal('those with a session timer too', ['up -', 'up -'], [call_state(timed), call_state(renewed)])
        check('that one ends a minute after its last word',
              eventually(lambda: call_state(spoken) == 'ended timed-out', 45) and time.monotonic() > start + 98, calls())
        at(116)
        equal('session timer: before 90 s and 32 it is up', 'up -', call_state(timed))
        check('session timer: then it ends', eventually(lambda: call_state(timed) == 'ended timed-out', 15), calls())
        check('its pinholes with it', timed_port not in media_waiting(), waiting())
        equal('the one that was refreshed is up', 'up -', call_state(renewed))
        hang_up(renewed, s.provider)


play(all_timers)

# SPDX-License-Identifier: GPL-2.0
"""A registration, a call, and a phone that guesses."""
from scene import *


def sources(what=None):
    with netns('rtr'), open('/proc/net/sipalg/sources', 'r+') as f:
        if what:
            f.write(what)
            f.flush()
            return None
        return [line.split() for line in list(f)[1:]]


@scene
def seen(s):
    """seen"""
    _, _, d = register(s.phone, s.provider, expires=3600)
    register(s.phone, s.provider, expires=0, dialog=d)
    call = s.connect()
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)
    for _ in range(10):
        register(s.phone, s.provider, status=403)
    s.phone.dial('sip:example.com', s.provider.at).request('REGISTER')
    check('who has guessed ten times is not heard', s.provider.recv(1)[0] is None)
    mine = [line for line in sources() if line[:3] == [PHONE, 'from', 'register']]
    check('the list has him, his drop, and his time', len(mine) == 1 and mine[0][4] == '1' and
          25 <= int(mine[0][6]) <= 30, mine)
    sources(f'release {PHONE}')
    _, ok, d = register(s.phone, s.provider)
    equal('released, he is', 200, ok.status)
    register(s.phone, s.provider, expires=0, dialog=d)


play(seen)

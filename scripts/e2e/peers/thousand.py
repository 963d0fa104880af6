# SPDX-License-Identifier: GPL-2.0
"""A trunk of 1,000 calls: 300 talk, 700 wait for their first packet, a random 100 of these get it."""
import random
import resource
from sip import *

TALKING, WAITING, SPOKEN_TO, FIRST = 300, 700, 100, 16384
random.seed(1)
resource.setrlimit(resource.RLIMIT_NOFILE, (16384, 16384))


class Leg:
    """One call of the trunk, with a socket for its RTP inside; the others are opened by need."""

    def __init__(self, pbx, provider, i):
        self.port = FIRST + 2 * i
        self.rtp = Rtp('lan', PHONE, self.port)
        self.call = connect(pbx, provider, sdp(PHONE, self.port), sdp(PROVIDER, self.port))
        self.name = self.call.caller.call_id
        self.at = self.call.offer.at

    def open(self):
        self.far = Rtp('wan', PROVIDER, self.port)
        self.rtcp, self.far_rtcp = Rtp('lan', PHONE, self.port + 1), Rtp('wan', PROVIDER, self.port + 1)

    def beside(self):
        return self.at[0], self.at[1] + 1


def spoken_to(legs, everybody):
    """Each gets RTP, answers it, and gets RTCP: how many of each went right; who else heard anything."""
    for leg in legs:
        leg.open()
        leg.far.speak(leg.name, leg.at)
    heard_rtp = sum(leg.rtp.hear()[0] == leg.name for leg in legs)
    for leg in legs:
        leg.rtp.speak(leg.name, (PROVIDER, leg.port))
    answered = sum(leg.far.hear() == (leg.name, leg.at) for leg in legs)
    for leg in legs:
        leg.far_rtcp.speak(leg.name, leg.beside())
    heard_rtcp = sum(leg.rtcp.hear()[0] == leg.name for leg in legs)
    ready = select.poll()
    for leg in everybody:
        ready.register(leg.rtp.sock, select.POLLIN)
    return heard_rtp, answered, heard_rtcp, len(ready.poll(0))


def end(leg, pbx, provider):
    if random.random() < .5:
        hang_up(leg.call.caller, provider)
    else:
        hang_up(leg.call.callee, pbx)


def count(state):
    return sum(w[1] + ' ' + w[5] == state for w in calls().values())


def trunk():
    """1,000 calls"""
    pbx, provider = Agent('lan', PHONE, user='pbx'), Agent('wan', PROVIDER, user='sbc')
    talking = [Leg(pbx, provider, i) for i in range(TALKING)]
    equal('the first 300: RTP in, RTP out, RTCP in, heard by others', (TALKING, TALKING, TALKING, 0),
          spoken_to(talking, talking))
    silent = [Leg(pbx, provider, TALKING + i) for i in range(WAITING)]
    legs = talking + silent
    equal('all are up', TALKING + WAITING, count('up -'))
    equal('each has a published port of its own', TALKING + WAITING, len({leg.at for leg in legs}))
    check('all on the router, of even parity', all(a == ROUTER and p % 2 == 0 for a, p in (leg.at for leg in legs)))
    waits = set(media_waiting())
    equal('700 wait for their first packet', WAITING, sum(leg.at[1] in waits for leg in silent))
    chosen = random.sample(silent, SPOKEN_TO)
    equal('a random 100 of them: RTP in, RTP out, RTCP in, heard by others',
          (SPOKEN_TO, SPOKEN_TO, SPOKEN_TO, 0), spoken_to(chosen, legs))

    random.shuffle(legs)
    half = len(legs) // 2
    for leg in legs[:half]:
        end(leg, pbx, provider)
    equal('half of them ended, in any order: these are up', half, count('up -'))
    waits = set(media_waiting())
    stay = [leg for leg in legs[half:] if leg in silent and leg not in chosen]
    equal('of those that wait none was hurt', len(stay), sum(leg.at[1] in waits for leg in stay))
    equal('of those that ended none waits', 0, sum(leg.at[1] in waits for leg in legs[:half]))
    for leg in legs[half:]:
        end(leg, pbx, provider)
    equal('none is up', 0, count('up -'))
    check('those of the last half minute are listed with their reason', count('ended hung-up') > 0)
    equal('no pinhole waits', [], media_waiting())
    check('then they are gone', eventually(lambda: not calls(), 60), len(calls()))


play(trunk)

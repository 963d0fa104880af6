# SPDX-License-Identifier: GPL-2.0
# A trunk with 1,000 calls on one flow, 700 of them waiting for their first media at once: each is
# heard, by its own socket; they end in any order, and nothing is left.
# limit: 900
# topo: masquerade
# with: no_limits
# after: expectations pinholes
# zero: nothing failed: out_of_dialog commit_failed pinholes_full pinholes_no_port
import random
import resource
from scene import idle_times
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


def right(heard):
    """How many of (what is heard by a socket, what it must be) are right; the wait is for the first that is missing."""
    n, patience = 0, WAIT
    for sock, want in heard:
        good = sock.hear(patience)[:len(want)] == want
        n += good
        patience = patience if good else QUIET / 10
    return n


def rtcp_heard(legs):
    """RTCP comes every few seconds, so it may have to be repeated: how many are heard in half a minute."""
    missing, last = set(legs), time.monotonic() + 30
    while missing and time.monotonic() < last:
        for leg in missing:
            leg.far_rtcp.speak(leg.name, leg.beside())
        time.sleep(0.2)
        missing = {leg for leg in missing if leg.rtcp.hear(0)[0] != leg.name}
    return len(legs) - len(missing)


def spoken_to(what, legs, everybody):
    """Each gets RTP, answers it, and gets RTCP; nobody else hears anything."""
    for leg in legs:
        leg.open()
        leg.far.speak(leg.name, leg.at)
    equal(f'{what}: RTP is heard by the right socket', len(legs), right((leg.rtp, (leg.name,)) for leg in legs))
    for leg in legs:
        leg.rtp.speak(leg.name, (PROVIDER, leg.port))
    equal(f'{what}: and answered from the right port', len(legs), right((leg.far, (leg.name, leg.at)) for leg in legs))
    equal(f'{what}: RTCP is heard by the right socket', len(legs), rtcp_heard(legs))
    ready = select.poll()
    for leg in everybody:
        ready.register(leg.rtp.sock, select.POLLIN)
    equal(f'{what}: nobody else hears anything', 0, len(ready.poll(0)))


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
    spoken_to('the first 300', talking, talking)
    silent = [Leg(pbx, provider, TALKING + i) for i in range(WAITING)]
    legs = talking + silent
    equal('all are up', TALKING + WAITING, count('up -'))
    equal('each has a published port of its own', TALKING + WAITING, len({leg.at for leg in legs}))
    check('all on the router, of even parity', all(a == ROUTER and p % 2 == 0 for a, p in (leg.at for leg in legs)))
    waits = set(media_waiting())
    equal('700 wait for their first packet', WAITING, sum(leg.at[1] in waits for leg in silent))
    chosen = random.sample(silent, SPOKEN_TO)
    spoken_to('a random 100 of them', chosen, legs)

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


def counted():
    equal('one connection carries all the signalling', 1,
          len(in_router('conntrack', '-L', '-p', 'udp', '--orig-port-dst', str(SIP_PORT)).splitlines()))
    equal('calls added and ended', [1000, 1000], [stats()['calls_added'], stats()['calls_ended']])


# media that flows keeps its connections; here a few packets stand for it
idle_times(900, 900)
setting('media_timeout', 3600)
play(trunk, counted)

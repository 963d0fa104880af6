# SPDX-License-Identifier: GPL-2.0
# A PBX with 60 calls on one flow, all waiting for media: each is heard, whoever speaks first.
# tags: 6.12 6.1 uml
# topo: masquerade
# with: no_limits
# after: expectations
# zero: malformed or lost: out_of_dialog commit_failed pinholes_full
import random
from sip import *

CALLS, FOLLOWERS = 60, 32       # of RTCP only so many wait before their RTP has come
random.seed(1)


def setup_all(pbx, provider, first):
    """60 calls are answered before any media flows: [(call, media inside, media outside)]."""
    up = []
    for i in range(CALLS):
        inside = Rtp('lan', PHONE, first + 2 * i)
        outside = Rtp('wan', PROVIDER, first + 2 * i)
        call = connect(pbx, provider, sdp(PHONE, inside.port), sdp(PROVIDER, outside.port))
        up.append((call, inside, outside))
    return up


def ports_are_distinct(up):
    ports = {c.offer.at for c, _, _ in up}
    equal('each call has a published port of its own', CALLS, len(ports))
    equal('all on the router', {ROUTER}, {a for a, _ in ports})
    check('of even parity', all(p % 2 == 0 for _, p in ports), ports)
    equal('all calls are up', CALLS, sum(call_state(c.caller) == 'up -' for c, _, _ in up))
    waits = set(media_waiting())
    equal('RTP of each waits', CALLS, len(ports & {(ROUTER, p) for p in waits}))
    equal('and RTCP of the first', FOLLOWERS, len(waits) - CALLS)


def hang_up_all(up, pbx, provider):
    """BYEs from either end, in any order."""
    random.shuffle(up)
    for i, (call, _, _) in enumerate(up):
        if i & 1:
            hang_up(call.caller, provider)
        else:
            hang_up(call.callee, pbx)
    equal('every call has ended', CALLS, sum(call_state(c.caller) == 'ended hung-up' for c, _, _ in up))
    equal('no pinhole is left', [], media_waiting())


def outside_first():
    """60 calls, the outside speaks first"""
    pbx, provider = Agent('lan', PHONE, user='pbx'), Agent('wan', PROVIDER, user='sbc')
    up = setup_all(pbx, provider, 20000)
    ports_are_distinct(up)
    random.shuffle(up)
    for call, _, outside in up:
        outside.speak(call.caller.call_id, call.offer.at)
    right = [inside.hear()[0] == call.caller.call_id for call, inside, _ in up]
    equal('all 60 are heard, each by its own socket', CALLS, sum(right))
    for call, inside, outside in up:
        inside.speak(call.caller.call_id, outside_of(call, outside))
    right = [outside.hear() == (call.caller.call_id, call.offer.at) for call, _, outside in up]
    equal('and answered from the published ports', CALLS, sum(right))
    hang_up_all(up, pbx, provider)


def outside_of(call, outside):
    """Where the PBX was told to send to: the answer must be the provider's own words."""
    return call.answer.at if call.answer.at == (outside.addr, outside.port) else None


def inside_first():
    """60 calls, the inside speaks first"""
    pbx, provider = Agent('lan', PHONE, user='pbx'), Agent('wan', PROVIDER, user='sbc')
    before = stats()['media_out']
    up = setup_all(pbx, provider, 22000)
    ports_are_distinct(up)
    random.shuffle(up)
    for call, inside, outside in up:
        inside.speak(call.caller.call_id, outside_of(call, outside))
    right = [outside.hear() == (call.caller.call_id, call.offer.at) for call, _, outside in up]
    equal('all 60 leave from their published ports', CALLS, sum(right))
    equal('and are counted', CALLS, stats()['media_out'] - before)
    for call, _, outside in up:
        outside.speak(call.caller.call_id, call.offer.at)
    right = [inside.hear()[0] == call.caller.call_id for call, inside, _ in up]
    equal('and the answers are heard', CALLS, sum(right))
    hang_up_all(up, pbx, provider)


def counted():
    equal('one connection carries all the signalling', 1,
          len(in_router('conntrack', '-L', '-p', 'udp', '--orig-port-dst', str(SIP_PORT)).splitlines()))
    equal('calls added', 2 * CALLS, stats()['calls_added'])
    equal('calls ended', 2 * CALLS, stats()['calls_ended'])


play(outside_first, inside_first, counted)

# SPDX-License-Identifier: GPL-2.0
# Media begins inside, outside, or on both sides at once, through a firewall that admits related
# packets only; the published port is where it is heard and where it comes from.
# tags: smoke 6.12 6.1 uml
# topo: masquerade
# addr: lan 192.168.1.3/24
# after: expectations
from sip import *


def start(port):
    phone, provider = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
    pairs = [(Rtp('lan', PHONE, port + i), Rtp('wan', PROVIDER, port + 10 + i)) for i in (0, 1)]
    return connect(phone, provider, sdp(PHONE, port), sdp(PROVIDER, port + 10)), pairs, provider


def inside_first():
    """inside first"""
    call, ((rtp, far), (rtcp, far_rtcp)), provider = start(30000)
    at, beside = call.offer.at, (call.offer.addr, call.offer.port + 1)
    heard('RTP leaves from the published port', rtp, call.answer.at, far, at)
    heard('RTCP leaves from the port beside it', rtcp, (PROVIDER, 30011), far_rtcp, beside)
    heard('the answer is heard', far, at, rtp, (PROVIDER, 30010))
    heard('RTCP too', far_rtcp, beside, rtcp, (PROVIDER, 30011))
    hang_up(call.caller, provider)


def outside_first():
    """outside first"""
    call, ((rtp, far), (rtcp, far_rtcp)), provider = start(30100)
    at, beside = call.offer.at, (call.offer.addr, call.offer.port + 1)
    heard('it is heard', far, at, rtp, (PROVIDER, 30110))
    heard('RTCP too', far_rtcp, beside, rtcp, (PROVIDER, 30111))
    heard('the answer comes from the published port', rtp, call.answer.at, far, at)
    heard('RTCP too', rtcp, (PROVIDER, 30111), far_rtcp, beside)
    hang_up(call.caller, provider)


def moved_port():
    """a port that was taken"""
    provider = Agent('wan', PROVIDER, user='sbc')
    holder, phone = Agent('lan', PHONE2), Agent('lan', PHONE)
    first = connect(holder, provider, sdp(PHONE2, 30150), sdp(PROVIDER, 30170))
    call = connect(phone, provider, sdp(PHONE, 30150), sdp(PROVIDER, 30160))
    check('is published under another number', call.offer.port != 30150, call.offer.at)
    rtp, rtcp = Rtp('lan', PHONE, 30150), Rtp('lan', PHONE, 30151)
    far, far_rtcp = Rtp('wan', PROVIDER, 30160), Rtp('wan', PROVIDER, 30161)
    at, beside = call.offer.at, (call.offer.addr, call.offer.port + 1)
    heard('RTP leaves from the published port', rtp, call.answer.at, far, at)
    heard('the answer is heard', far, at, rtp)
    heard('RTCP is heard beside it', far_rtcp, beside, rtcp)
    heard('and answered from there', rtcp, (PROVIDER, 30161), far_rtcp, beside)
    hang_up(call.caller, provider)
    hang_up(first.caller, provider)


def both_first():
    """both at once"""
    call, ((rtp, far), _), provider = start(30200)
    for i in range(20):
        far.speak(f'in {i}', call.offer.at)
        rtp.speak(f'out {i}', call.answer.at)
    got = [[s.hear(2) for _ in range(20)] for s in (rtp, far)]
    # the two first packets may meet in the router: one of them may be lost, no more
    texts = [[t for t, _ in side if t is not None] for side in got]
    equal('the phone hears the last packet, and so does the provider', [['in 19'], ['out 19']],
          [t[-1:] for t in texts])
    check('at most one packet is lost', sum(map(len, texts)) >= 39, texts)
    equal('all come from the published port', {call.offer.at}, {s for _, s in got[1] if s})
    hang_up(call.caller, provider)


def other_source():
    """another source"""
    call, ((rtp, far), _), provider = start(30300)
    server = Rtp('wan', OTHER, 7000)
    heard('a media server that was not announced is heard', server, call.offer.at, rtp, (OTHER, 7000))
    heard('and answered from the published port', rtp, (OTHER, 7000), server, call.offer.at)
    heard('the phone still reaches the announced one from it', rtp, call.answer.at, far, call.offer.at)
    hang_up(call.caller, provider)


def closed():
    """firewall"""
    call, ((rtp, far), _), provider = start(30400)
    stranger_out = Rtp('lan', PHONE, 30450)
    unheard('from outside a port that nobody published is closed', far, (ROUTER, 30450), stranger_out)
    unheard('from inside a port that nobody published is closed', stranger_out, call.answer.at, far)
    heard('the published one is open', far, call.offer.at, rtp)
    hang_up(call.caller, provider)


def counted():
    check('connections that began inside', stats()['media_out'] >= 3, stats()['media_out'])
    check('pinholes that were used', stats()['pinholes_taken'] >= 4, stats()['pinholes_taken'])


play(inside_first, outside_first, moved_port, both_first, other_source, closed, counted)

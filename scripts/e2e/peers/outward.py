# SPDX-License-Identifier: GPL-2.0
"""What a phone sends from its published port, where the firewall admits what is related alone: to the announced
endpoint and to whoever has come in, and nowhere else."""
from sip import *

SEGMENT2 = '192.168.2.2'    # no phone of the router's: another inside network


def start(port, at=PROVIDER, far=None):
    """A call in which the provider announces AT and port FAR; its own agent, the call, and the phone's RTP."""
    phone, provider = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
    rtp = Rtp('lan', PHONE, port)
    return connect(phone, provider, sdp(PHONE, port), sdp(at, far or port + 10)), provider, rtp


def other_ports():
    """other ports of the announced address"""
    call, provider, rtp = start(31000)
    far = Rtp('wan', PROVIDER, 31010)
    for port in (22, 53, 1023, 1024, 31009, 31012, 40000):
        unheard(f'B6: nothing is related to port {port}', rtp, (PROVIDER, port), Rtp('wan', PROVIDER, port))
    heard('the announced one hears the phone', rtp, call.answer.at, far, call.offer.at)
    heard('and is heard', far, call.offer.at, rtp, (PROVIDER, 31010))
    hang_up(call.caller, provider)


def low_port():
    """an announced port below 1024"""
    call, provider, rtp = start(31100, far=53)
    unheard('B6: nothing is related to it', rtp, (PROVIDER, 53), Rtp('wan', PROVIDER, 53))
    hang_up(call.caller, provider)


def other_segment():
    """an announced address in another inside network"""
    call, provider, rtp = start(31200, at=SEGMENT2)
    unheard('B6: nothing is related to it', rtp, (SEGMENT2, 31210), Rtp('lan2', SEGMENT2, 31210))
    far = Rtp('wan', PROVIDER, 31210)
    heard('who comes to the published port is heard', far, call.offer.at, rtp, (PROVIDER, 31210))
    heard('and answered', rtp, (PROVIDER, 31210), far, call.offer.at)
    hang_up(call.caller, provider)


def other_outside():
    """a media server elsewhere outside"""
    call, provider, rtp = start(31300, at=OTHER)
    far = Rtp('wan', OTHER, 31310)
    heard('it hears the phone', rtp, (OTHER, 31310), far, call.offer.at)
    heard('and is heard', far, call.offer.at, rtp, (OTHER, 31310))
    hang_up(call.caller, provider)


def another_port():
    """a peer that sends from another port than announced"""
    call, provider, rtp = start(31400)
    far, other = Rtp('wan', PROVIDER, 31410), Rtp('wan', PROVIDER, 31477)
    heard('what goes to the announced port is related', rtp, call.answer.at, far, call.offer.at)
    heard('what comes from the other one is heard', other, call.offer.at, rtp, (PROVIDER, 31477))
    heard('and answered', rtp, (PROVIDER, 31477), other, call.offer.at)
    hang_up(call.caller, provider)


play(other_ports, low_port, other_segment, other_outside, another_port)

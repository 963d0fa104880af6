# SPDX-License-Identifier: GPL-2.0
# Every table has a cap: what does not fit passes as it came and opens nothing, what is open stays,
# and when something has gone there is room again.
# topo: masquerade
# addr: lan 192.168.1.3/24
# after: expectations calls bindings pinholes
from scene import *

_ports = itertools.count(30000, 4)


def full_of(fn):
    """As @scene, but something may have found a table full."""
    @functools.wraps(fn)
    def play_it():
        fn(Scene())
        equal('no pinhole is left', [], waiting())
    return play_it


def offers(s, *ports):
    """An INVITE with an offer of its own: (dialog, as the provider saw it)"""
    return s.invite(sdp(PHONE, *(ports or [next(_ports)])))


def ring(s, invite):
    """Somebody has answered: now the call does not give way to others."""
    s.provider.reply(invite, 180, tag='ca', contact=False)
    s.phone.take(180)


def refuse(d, s, invite):
    s.provider.reply(invite, 486, tag='ca', contact=False)
    d.ack(response=s.phone.take(486))
    s.provider.take('ACK')


@full_of
def calls_max(s):
    """calls_max"""
    with settings(calls_max=2):
        call = s.connect()
        _, invite = offers(s)
        equal('up to it they are translated', ROUTER, invite.sdp.addr)
        d, invite = offers(s)
        equal('one that nobody has answered gives way', ROUTER, invite.sdp.addr)
        equal('and is counted', 1, s.moved('calls_evicted'))
        ring(s, invite)
        over, passed = offers(s)
        equal('the next one opens nothing', PHONE, passed.sdp.addr)
        equal('and is counted', 1, s.moved('calls_full'))
        equal('nor is it listed', 2, len(calls()))
        s.talk(call.offer.at)
        refuse(over, s, passed)
        refuse(d, s, invite)
        again, seen = offers(s)
        equal('one that has ended gives its place', ROUTER, seen.sdp.addr)
        refuse(again, s, seen)
        hang_up(call.caller, s.provider)


@full_of
def pinholes_per_call(s):
    """pinholes_per_call"""
    with settings(pinholes_per_call=4):
        d, invite = offers(s, s.port, s.port + 4, s.port + 8)
        equal('two sections are translated, the third is as it was', [ROUTER, ROUTER, PHONE],
              [m[2] for m in invite.sdp.media])
        equal('four wait', 4, len(media_waiting()))
        other, seen = offers(s)
        equal('another call has its own measure', ROUTER, seen.sdp.addr)
        refuse(other, s, seen)
        refuse(d, s, invite)


@full_of
def pinholes_max(s):
    """pinholes_max"""
    with settings(pinholes_max=5, trunks=PHONE):    # two calls' media, and one for the peer of both
        call = s.connect()
        d, invite = offers(s)
        equal('up to it they are translated', ROUTER, invite.sdp.addr)
        ring(s, invite)
        over, passed = offers(s)
        equal('the next one is as it was', PHONE, passed.sdp.addr)
        check('and is counted', s.moved('pinholes_full') > 0)
        refuse(over, s, passed)
        s.talk(call.offer.at)
        again, _ = reoffer(call.caller, s.provider, s.offer, s.answer)
        equal('what is open is published as ever', call.offer.at, again.at)
        refuse(d, s, invite)
        more, seen = offers(s)
        equal('when one has gone there is room', ROUTER, seen.sdp.addr)
        refuse(more, s, seen)
        hang_up(call.caller, s.provider)


@full_of
def bindings_max(s):
    """bindings_max"""
    other = Agent('lan', PHONE2)
    with settings(bindings_max=1):
        seen, _, d = register(s.phone, s.provider)
        equal('the first is translated', f'sip:alice@{ROUTER}:{SIP_PORT}', seen.contact)
        register(other, s.provider)
        equal('the next one is counted', 1, s.moved('bindings_full'))
        with netns('rtr'), open('/proc/net/sipalg/bindings') as f:
            equal('and not listed', [f'{PHONE}:{SIP_PORT}'], [line.split()[2] for line in list(f)[1:]])
        register(s.phone, s.provider, dialog=d)
        equal('the first is refreshed', 1, s.moved('bindings_full'))
        register(s.phone, s.provider, expires=0, dialog=d)
        _, _, d = register(other, s.provider)
        equal('when it has gone there is room', 2, s.moved('bindings_added'))
        register(other, s.provider, expires=0, dialog=d)


play(calls_max, pinholes_per_call, pinholes_max, bindings_max)

# SPDX-License-Identifier: GPL-2.0
# Two phones that use the same RTP port have calls to one provider at once: both hear and are heard.
# tags: smoke 6.12
# topo: masquerade
# addr: lan 192.168.1.3/24
# zero: none was refused: pinholes_no_port pinholes_full
from sip import *


def two_phones():
    """two phones with one RTP port"""
    provider = Agent('wan', PROVIDER, user='sbc')
    phones = [Agent('lan', a, user='u' + a[-1]) for a in (PHONE, PHONE2)]
    media = [Rtp('lan', a, 4000) for a in (PHONE, PHONE2)]
    out = [Rtp('wan', PROVIDER, p) for p in (6000, 6002)]
    up = [connect(phones[i], provider, sdp(phones[i].addr, 4000), sdp(PROVIDER, out[i].port)) for i in (0, 1)]
    equal('both are published at the router', [ROUTER, ROUTER], [c.offer.addr for c in up])
    equal('the first keeps its port', 4000, up[0].offer.port)
    check('the second has another, even one', up[1].offer.port not in (4000, 4001) and up[1].offer.port % 2 == 0,
          up[1].offer.at)
    # the first is spoken to from outside, the second speaks first
    heard('the first phone hears', out[0], up[0].offer.at, media[0])
    heard('the second phone is heard from its published port', media[1], up[1].answer.at, out[1], up[1].offer.at)
    heard('the first phone is heard from its published port', media[0], up[0].answer.at, out[0], up[0].offer.at)
    heard('the second phone hears', out[1], up[1].offer.at, media[1])
    hang_up(up[0].caller, provider)
    equal('the second call stays', 'up -', call_state(up[1].caller))
    heard('and hears', out[1], up[1].offer.at, media[1])
    hang_up(up[1].callee, phones[1])
    equal('nothing waits', [], media_waiting())


def same_peer_port():
    """two phones, one RTP port inside and one outside"""
    provider = Agent('wan', PROVIDER, user='sbc')
    phones = [Agent('lan', a, user='u' + a[-1]) for a in (PHONE, PHONE2)]
    media = [Rtp('lan', a, 4100) for a in (PHONE, PHONE2)]
    out = Rtp('wan', PROVIDER, 6100)
    up = [connect(p, provider, sdp(p.addr, 4100), sdp(PROVIDER, 6100)) for p in phones]
    check('the published ports differ', up[0].offer.port != up[1].offer.port, up)
    for i in (0, 1):
        heard(f'phone {i + 1} is heard from its published port', media[i], (PROVIDER, 6100), out, up[i].offer.at)
        heard(f'phone {i + 1} hears', out, up[i].offer.at, media[i])
    for call in up:
        hang_up(call.caller, provider)


def counted():
    equal('one port was moved for RTP and RTCP, in both calls', 2, stats()['pinholes_moved'])
    check('the helper of the kernel is not there', not os.path.exists('/sys/module/nf_conntrack_sip'))


play(two_phones, same_peer_port, counted)

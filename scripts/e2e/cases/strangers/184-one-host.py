# SPDX-License-Identifier: GPL-2.0
# One host inside takes what it can with nine addresses, publishes the last port that there is, and one outside answers
# what nobody has asked. What a neighbour gets is measured (rules B1 and B2).
# tags: smoke 6.12
# limit: 300
# topo: nat
# addr: lan 192.168.1.{20..28}/24
# forward: iifname r1 ip daddr 192.168.1.2 udp dport 5060 accept
# dnat: iifname r1 ip daddr 203.0.113.1 udp dport 5060 dnat ip to 192.168.1.2
# attach: rtr prerouting
# after: expectations calls pinholes
# zero: nothing failed: commit_failed no_memory
from scene import *

ADDRESSES = [f'192.168.1.{i}' for i in range(20, 29)]
MOST = 256          # pinholes_max
DAY = 86400


def take_all(addr, provider):
    """Calls of an address, each of which rings, until one is not translated: how many were."""
    attacker = Agent('lan', addr, user='x')
    try:
        for n in range(MOST):
            d = attacker.dial(provider.contact, provider.at, call_id=f'{addr}-{n}@test')
            d.request('INVITE', sdp(addr, 20000 + 2 * n))
            invite = provider.take('INVITE')
            if invite.sdp.addr != ROUTER:
                return n
            provider.reply(invite, 180, tag=f'r{n}')
            attacker.take(180)
        return MOST
    finally:
        attacker.sock.close()


def nine_addresses():
    """one host with nine addresses"""
    with settings(trusted='192.168.1.20/30,192.168.1.24/29', pinholes_max=str(MOST)):
        provider = Agent('wan', OTHER)
        taken = [take_all(a, provider) for a in ADDRESSES]
        provider.sock.close()
        print(f'# calls of the nine addresses: {taken}', flush=True)
        check('alone a host has about three quarters', 0.6 * MOST < 2 * taken[0] < 0.8 * MOST, taken)
        check('each address more has little', all(2 * n <= MOST / 16 for n in taken[1:]), taken)
        s = Scene()
        call = s.connect()
        s.talk(call.offer.at, 'rule B2: the neighbour\'s call out')
        hang_up(call.caller, s.provider)
        got = connect(s.provider, s.phone, s.answer, s.offer, to=(ROUTER, SIP_PORT), uri=f'sip:100@{ROUTER}')
        s.talk(got.answer.at, 'rule B2: the neighbour\'s call in')
        hang_up(got.caller, s.phone)
        for d in list(calls().values()):
            order(f'end {d[0]}')
        check('no pinhole is left', eventually(lambda: not waiting(), 5), waiting())
        for socket_ in (s.phone, s.provider, s.inside, s.outside):
            socket_.sock.close()


def last_port():
    """the last port that there is, which has none beside it for RTCP"""
    s = Scene()
    s.offer, s.inside = sdp(PHONE, 65535), Rtp('lan', PHONE, 65535)
    for _ in range(3):
        call = s.connect()
        heard('rule B1: media in', s.outside, call.offer.at, s.inside)
        hang_up(call.caller, s.provider)
    equal('nothing is left of it', [], waiting())
    for socket_ in (s.phone, s.provider, s.inside, s.outside):
        socket_.sock.close()


def unasked_answer():
    """a stranger answers a SUBSCRIBE and a REGISTER that nobody has sent"""
    in_router('conntrack', '-F')
    pbx, stranger = Agent('lan', PHONE, user='pbx'), Agent('wan', OTHER, user='x')
    d = stranger.dial(f'sip:100@{ROUTER}', (ROUTER, SIP_PORT))
    for method in ('SUBSCRIBE', 'REGISTER'):
        d.request('OPTIONS')
        pbx.reply(pbx.take('OPTIONS'), 200, tag='o')
        stranger.take(200)
        h = [('Via', pbx.via()), ('From', f'<{pbx.aor}>;tag=f'), ('To', f'<{pbx.aor}>;tag=t'), ('Call-ID', 'nobody@test'),
             ('CSeq', f'1 {method}'), ('Expires', str(DAY)), ('Contact', f'<{pbx.contact}>;expires={DAY}')]
        stranger.send(message('SIP/2.0 200 OK', h), (ROUTER, SIP_PORT))
        pbx.recv(QUIET)
        lives = [int(f.split()[2]) for f in flows(SIP_PORT) if OTHER in f]
        check(f'rule B1: {method}: its connection lives as any other', lives and max(lives) <= 180, lives)
    pbx.sock.close()
    stranger.sock.close()


play(nine_addresses, last_port, unasked_answer)

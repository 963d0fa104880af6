# SPDX-License-Identifier: GPL-2.0
"""Strangers outside of a firewall without NAT, and a PBX inside [6]."""
from scene import *

six = sys.argv[1:] == ['6']
PBX, FAR = (PHONE6, PROVIDER6) if six else (PHONE, PROVIDER)
STRANGERS = [f'2001:db8:1::{i}' if six else f'203.0.113.{i}' for i in range(4, 14)]
_ports = itertools.count(32000 if six else 30000, 40)


class Parties:
    """The PBX and its provider, with a media socket of each."""

    def __init__(self):
        self.pbx, self.provider = Agent('lan', PBX, user='pbx'), Agent('wan', FAR, user='sbc')
        port = next(_ports)
        self.inside, self.outside = Rtp('lan', PBX, port), Rtp('wan', FAR, port + 2)
        self.offer, self.answer = sdp(PBX, port), sdp(FAR, port + 2)
        self.near, self.far = (PBX, port), (FAR, port + 2)
        self.before = stats()

    def moved(self, name):
        return moved(self.before).get(name, 0)

    def hears(self, speaker, to, listener):
        text = f'media {next(_ports)}'
        speaker.speak(text, to)
        return listener.hear(2)[0] == text

    def talk(self):
        return self.hears(self.inside, self.far, self.outside) and self.hears(self.outside, self.near, self.inside)


def rings(p, n):
    """Offers of strangers, 32 ports each, of which the PBX says that it rings."""
    agents = [Agent('wan', a, user='x') for a in STRANGERS]
    for i in range(n):
        a = agents[i % len(agents)]
        first = 40000 + 32 * i
        a.dial(f'sip:100@{host(PBX)}', p.pbx.at).request('INVITE', sdp(a.addr, *range(first, first + 32, 2)))
        p.pbx.reply(p.pbx.take('INVITE'), 180, tag=f's{i}', contact=False)


def offers():
    """offers of strangers"""
    p = Parties()
    with settings(pinholes_max=256):
        rings(p, 30)
        equal('they hold no pinhole', [], media_waiting())
        good = 0
        for _ in range(5):
            out = connect(p.pbx, p.provider, p.offer, p.answer)
            good += p.talk()
            hang_up(out.caller, p.provider)
            come = connect(p.provider, p.pbx, p.answer, p.offer)
            good += p.talk()
            hang_up(come.caller, p.pbx)
        print(f'# beside 30 calls of strangers {good} of 10 calls of the PBX were heard both ways', flush=True)
        equal('every call of the PBX', 10, good)
    equal('nothing was full', [0, 0], [p.moved('pinholes_full'), p.moved('pinholes_quota')])
    for words in calls().values():
        order(f'end {words[0]}')


def let_out():
    """what an inside host sends"""
    p = Parties()
    call = connect(p.provider, p.pbx, p.answer, p.offer)
    other = Rtp('lan', PBX, p.near[1] + 20)
    unheard('from a port that nobody announced nothing gets out', other, p.far, p.outside)
    check('from the announced one it does', p.hears(p.inside, p.far, p.outside))
    check('and what answers that comes in', p.hears(p.outside, p.near, p.inside))
    hang_up(call.caller, p.pbx)
    equal('nothing waits', [], media_waiting())


def registers():
    """a phone outside registers at the PBX"""
    p = Parties()
    phone = Agent('wan', STRANGERS[0], 5070, user='out')
    d = phone.dial('sip:example.com', p.pbx.at)
    h = [('Contact', f'<{phone.contact}>'), ('Expires', '600')]
    d.remote_header = f'<{phone.aor}>'
    d.request('REGISTER', headers=h, contact=False)
    seen = p.pbx.take('REGISTER')
    with netns('rtr'), open('/proc/net/sipalg/bindings') as f:
        equal('without an answer it holds nothing', 1, len(list(f)))
    p.pbx.reply(seen, 200, tag='g', contact=False, headers=[('Contact', f'<{phone.contact}>;expires=600')])
    phone.take(200)
    equal('nothing waits for it', [], waiting())
    lines = in_router('conntrack', '-L', '-p', 'udp', *(['-f', 'ipv6'] if six else []))
    life = [int(line.split()[2]) for line in lines.splitlines() if 'sport=5070 ' in line]
    check('the connection lives as long as it may be called', life and max(life) > 500, lines)
    c = connect(p.pbx, phone, p.offer, p.answer, uri=phone.contact, to=phone.at)
    check('the PBX calls it', p.talk())
    hang_up(c.caller, phone)


def calls_for_help():
    """calls for help over the limit"""
    p = Parties()
    stranger, got = Agent('wan', STRANGERS[2], user='h'), [0, 0]
    with settings(source_invite='1 1'):
        began = time.monotonic()
        for _ in range(6):
            stranger.dial(f'sip:112@{host(PBX)}', p.pbx.at).request('INVITE')
            got[0] += p.pbx.recv(QUIET)[0] is not None
            p.pbx.dial(f'sip:112@{host(FAR)}', p.provider.at).request('INVITE')
            got[1] += p.provider.recv(QUIET)[0] is not None
        took = time.monotonic() - began
    equal('rule B5: all of the PBX, turn by turn with a stranger', 6, got[1])
    check('rule B5: of the stranger what the limit lets by', got[0] <= 1 + took, got[0], took)
    for words in calls().values():
        order(f'end {words[0]}')


play(offers, let_out, registers, calls_for_help)

# SPDX-License-Identifier: GPL-2.0
# Strangers outside send INVITEs to a PBX whose port is forwarded, and which challenges them: none of its own calls, nor
# of its provider's, finds the quota used up. The flood limits are off: a fast machine sends 735 INVITEs before the
# limit of the PBX has let so many through.
# tags: 6.12
# limit: 300
# topo: nat
# addr: wan 203.0.113.{4..13}/24
# forward: iifname r1 ip daddr 192.168.1.2 udp dport 5060 accept
# dnat: iifname r1 ip daddr 203.0.113.1 udp dport 5060 dnat ip to 192.168.1.2
# load: destination_invite='0 0' source_invite='0 0'
# attach: rtr prerouting
# after: sound
from scene import *

STRANGERS = [f'203.0.113.{i}' for i in range(4, 14)]
QUOTA = 100         # calls_per_host
_ports = itertools.count(30000, 4)
_ids = itertools.count(1)


class Attack:
    """So many INVITEs from several addresses; the PBX answers each as it does by itself."""

    def __init__(self, pbx, *answers):
        self.pbx, self.answers = pbx, answers
        self.sent = self.seen = 0
        self.agents = [Agent('wan', a, user='x') for a in STRANGERS]

    def send(self, n):
        for _ in range(n):
            a = self.agents[self.sent % len(self.agents)]
            d = a.dial(f'sip:100@{ROUTER}', (ROUTER, SIP_PORT), call_id=f'stranger-{next(_ids)}@test')
            d.request('INVITE', sdp(a.addr, next(_ports)))
            self.sent += 1
            self.answer(self.pbx.take('INVITE'))

    def answer(self, invite):
        self.seen += 1
        for status in self.answers:
            self.pbx.reply(invite, status, tag='' if status == 100 else f't{self.seen}', contact=False)


def victims(s, attack, n):
    """Of n calls each way, while the attack goes on: how many were translated and heard."""
    good = {'out': 0, 'in': 0}
    for i in range(n):
        s.before = stats()
        d, invite = s.invite(sdp(PHONE, s.port, version=i))
        s.provider.reply(invite, 100, contact=False)
        s.phone.take(100)
        attack.send(QUOTA // 4)     # while nobody has answered it
        s.provider.reply(invite, 200, s.answer, tag=f'v{i}')
        ok = s.phone.take(200)
        d.learn(ok)
        d.ack()
        s.provider.take('ACK')
        good['out'] += invite.sdp.addr == ROUTER and hears(s, invite.sdp.at)
        hang_up(d, s.provider)
        got = connect(s.provider, s.phone, s.answer, s.offer, to=(ROUTER, SIP_PORT), uri=f'sip:100@{ROUTER}')
        good['in'] += got.answer.addr == ROUTER and hears(s, got.answer.at)
        hang_up(got.caller, s.phone)
    return good


def hears(s, at):
    text = f'media {next(_ids)}'
    s.outside.speak(text, at)
    return s.inside.hear(QUIET)[0] == text


def attacked(what, *answers):
    def play_it():
        s = Scene()
        attack = Attack(s.phone, *answers)
        attack.send(QUOTA + 20)
        good = victims(s, attack, 5)
        print(f'# {attack.seen} of {attack.sent} INVITEs of strangers reached the PBX, '
              f'{good["out"]} of 5 calls of its own and {good["in"]} of 5 of its provider were heard', flush=True)
        equal('every call of the PBX', 5, good['out'])
        equal('every call of its provider', 5, good['in'])
        equal('none opened nothing', 0, s.moved('calls_quota'))
        for d in list(calls().values()):
            order(f'end {d[0]}')
        check('no pinhole is left', eventually(lambda: not waiting(), 2), waiting())
    play_it.__doc__ = what
    return play_it


play(attacked('told 100 alone', 100), attacked('told 401 at once', 401), attacked('told 100 and 407', 100, 407))

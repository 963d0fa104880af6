# SPDX-License-Identifier: GPL-2.0
# Two phones of one NAT call each other through the provider: the same Call-ID passes the router
# twice. With hairpin=1 each is told where the other really is, with hairpin=0 the router turns media round.
# topo: masquerade
# addr: lan 192.168.1.3/24
# after: expectations calls pinholes
# zero: nothing failed: commit_failed pinholes_full out_of_dialog
from scene import *


class Proxy(Agent):
    """RFC 3261 16: a Via more on requests, one less on responses; it stays in the dialog."""

    def forward(self, request, uri, to):
        head, _, body = request.data.partition(b'\r\n\r\n')
        lines = head.decode().split('\r\n')
        more = [f'{request.method} {uri} SIP/2.0', f'Via: {self.via()}']
        if request.method == 'INVITE':
            more.append(f'Record-Route: <sip:{self.addr}:{self.port};lr>')
        self.send('\r\n'.join(more + lines[1:] + ['', '']).encode() + body, to)

    def back(self, response, to):
        head, _, body = response.data.partition(b'\r\n\r\n')
        lines = head.decode().split('\r\n')
        lines.remove(next(line for line in lines if line.startswith('Via:')))
        self.send('\r\n'.join(lines + ['', '']).encode() + body, to)


class Home:
    """Both phones registered, with a media socket each."""

    def __init__(self, s):
        self.proxy = Proxy('wan', OTHER, user='proxy')
        self.anna, self.bert = s.phone, Agent('lan', PHONE2, user='bert')
        self.at, self.dialogs = {}, {}
        for phone in (self.anna, self.bert):
            seen, _, self.dialogs[phone] = register(phone, self.proxy)
            self.at[phone] = at_of(seen.contact), seen.contact
        self.port = s.port
        self.media = {self.anna: s.inside, self.bert: Rtp('lan', PHONE2, s.port + 8)}
        self.offer, self.answer = s.offer, sdp(PHONE2, s.port + 8)

    def other(self, phone):
        return self.bert if phone is self.anna else self.anna

    def pass_on(self, phone, method):
        """A request of one phone, by the proxy to the other: (as the proxy, as the other saw it)."""
        to = self.other(phone)
        request = self.proxy.take(method)
        self.proxy.forward(request, self.at[to][1], self.at[to][0])
        return request, to.take(method)

    def pass_back(self, phone, status, request):
        """An answer to it, the other way."""
        response = self.proxy.take(status)
        self.proxy.back(response, request.source)
        return response, phone.take(status)

    def call(self, early=lambda told: None):
        """early: what the callee does before its answer"""
        d = self.anna.dial('sip:bert@example.com', self.proxy.at)
        d.request('INVITE', self.offer)
        request, invite = self.pass_on(self.anna, 'INVITE')
        equal('the Request-URI is the phone\'s own', self.bert.contact, invite.uri)
        check('outside no private address is seen', b'192.168.' not in request.data, request.data.decode())
        self.bert.reply(invite, 180, tag='tp')
        self.pass_back(self.anna, 180, request)
        early(invite.sdp)
        self.bert.reply(invite, 200, self.answer, tag='tp')
        far_ok, ok = self.pass_back(self.anna, 200, request)
        check('nor in the answer', b'192.168.' not in far_ok.data, far_ok.data.decode())
        d.learn(ok)
        d.ack()
        self.pass_on(self.anna, 'ACK')
        self.second = self.bert.dialog_of(invite, 'tp')
        self.second.to = self.proxy.at
        self.call_id = d
        return d, request.sdp, invite.sdp, far_ok.sdp, ok.sdp

    def hang_up(self, dialog):
        phone = dialog.agent
        dialog.request('BYE')
        request, bye = self.pass_on(phone, 'BYE')
        self.other(phone).reply(bye, 200, contact=False)
        self.pass_back(phone, 200, request)

    def leave(self):
        for phone, d in self.dialogs.items():
            register(phone, self.proxy, expires=0, dialog=d)


@scene
def direct(s):
    """hairpin=1"""
    h = Home(s)
    d, offered, seen, answered, ok = h.call()
    equal('outside both are at the router', [ROUTER, ROUTER], [offered.addr, answered.addr])
    equal('the callee is told the caller\'s real address', (PHONE, s.port), seen.at)
    equal('the caller is told the callee\'s', (PHONE2, s.port + 8), ok.at)
    heard('caller to callee', h.media[h.anna], ok.at, h.media[h.bert], (PHONE, s.port))
    heard('callee to caller', h.media[h.bert], seen.at, h.media[h.anna], (PHONE2, s.port + 8))
    again = h.call_id
    again.request('INVITE', h.offer)
    request, invite = h.pass_on(h.anna, 'INVITE')
    equal('a re-INVITE publishes the same', offered.at, request.sdp.at)
    equal('and tells the same', (PHONE, s.port), invite.sdp.at)
    h.bert.reply(invite, 200, h.answer)
    _, ok = h.pass_back(h.anna, 200, request)
    equal('so does its answer', (PHONE2, s.port + 8), ok.sdp.at)
    again.ack()
    h.pass_on(h.anna, 'ACK')
    equal('one call is listed, up', 'up -', call_state(d))
    h.hang_up(d)
    equal('it has ended', 'ended hung-up', call_state(d))
    equal('no media pinhole of either is left', [], [p for p in media_waiting() if p not in [a[0][1] for a in h.at.values()]])
    h.leave()


def above(at):
    return at[0], at[1] + 1


def turned(s, callee_first, is_early=False):
    """Each hears the other from where that is published, RTP and RTCP, whoever begins, and though the callee
    has sent before its answer, when nobody knew where it would be published."""
    with settings(hairpin=0):
        h = Home(s)
        rtcp = {h.anna: Rtp('lan', PHONE, s.port + 1), h.bert: Rtp('lan', PHONE2, s.port + 9)}


        def early(told):
            if is_early:
                h.media[h.bert].speak('early', told.at)
                rtcp[h.bert].speak('early', above(told.at))
                time.sleep(QUIET)
                h.media[h.anna].drain()
                rtcp[h.anna].drain()

        d, offered, seen, answered, ok = h.call(early)
        equal('the callee is told the mapping', offered.at, seen.at)
        equal('the caller too', answered.at, ok.at)
        turns = [(h.anna, ok.at, h.bert, offered.at), (h.bert, seen.at, h.anna, answered.at)]
        for a, to, b, source in (turns[::-1] if callee_first else turns) * 2:
            heard(f'RTCP of {a.user}', rtcp[a], above(to), rtcp[b], above(source))
            heard(f'RTP of {a.user}', h.media[a], to, h.media[b], source)
        h.hang_up(h.second)
        equal('it has ended', 'ended hung-up', call_state(d))
        equal('no media pinhole of either is left', [], [p for p in media_waiting() if p not in [a[0][1] for a in h.at.values()]])
        h.leave()


@scene
def turned_round(s):
    """hairpin=0, the caller speaks first"""
    turned(s, False)


@scene
def turned_round_too(s):
    """hairpin=0, the callee speaks first"""
    turned(s, True)


@scene
def turned_round_early(s):
    """hairpin=0, the callee speaks before it answers"""
    turned(s, True, True)
    turned(Scene(), False, True)


@scene
def refused(s):
    """the callee is busy"""
    h = Home(s)
    d = h.anna.dial('sip:bert@example.com', h.proxy.at)
    d.request('INVITE', h.offer)
    request, invite = h.pass_on(h.anna, 'INVITE')
    h.bert.reply(invite, 486, tag='by', contact=False)
    response = h.proxy.take(486)
    h.proxy.back(response, request.source)
    h.anna.take(486)
    equal('the call has ended', 'ended refused', call_state(d))
    equal('nothing of it waits', [], [p for p in media_waiting() if p not in [a[0][1] for a in h.at.values()]])
    h.leave()


with netns('lan'):      # both phones are in it: what one sends comes back from the router with an address of its own
    subprocess.run(['sysctl', '-q'] + [f'net.ipv4.conf.{dev}.{name}' for dev in ('all', 'l0')
                                       for name in ('accept_local=1', 'rp_filter=0')], check=True)
play(direct, turned_round, turned_round_too, turned_round_early, refused)

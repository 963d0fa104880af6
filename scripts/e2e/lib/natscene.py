# SPDX-License-Identifier: GPL-2.0
"""natscene.py - what the scripts about NAT scenes share: machines that know how others see them, whole calls with
RTP and RTCP between any two of them, over UDP or TCP, and what must hold at the end of each scene.

    phone = Host('lan', PHONE, seen=ROUTER)
    provider = Host('wan', PROVIDER, user='sbc', hidden=INSIDE)
    play(*both(visit, phone, provider))

A machine's agent keeps count of what it was sent that it must never see: the addresses of the inside.
"""
from tcp import *

INSIDE = (b'192.168.', b'fd00:1:')      # what nobody outside may ever read
STATIC, POOL = '198.51.100.2', '198.51.100.'
FAILURES = ('commit_failed', 'pinholes_full', 'pinholes_no_port', 'too_many_edits', 'no_memory', 'no_nat_module',
            'out_of_dialog', 'foreign_via', 'foreign_media', 'foreign_contact', 'tcp_broken', 'tcp_not_sip')

routers = ['rtr']       # of this script; a scene may name others
exact = [True]          # media must come from where it was announced; False: it must come
_leaks = []
_media_ports = itertools.count(30000, 10)
_tcp_ports = itertools.count(45000, 10)


# --- machines -----------------------------------------------------------------


class Host:
    """A machine: where it is, where the other side shall see it (None: there too), and who has its media (None: itself)."""

    def __init__(self, ns, addr, seen=None, user='alice', hidden=(), media=None):
        self.media = media or self
        self.ns, self.addr, self.seen, self.user, self.hidden = ns, addr, seen or addr, user, hidden

    def agent(self, port=SIP_PORT, **how):
        return UdpEnd(self, port, **how)


class Ear:
    """Notes what it was sent of the addresses that are hidden from it."""

    def recv(self, seconds=WAIT):
        data, source = super().recv(seconds)
        if data is not None and any(h in data for h in self.host.hidden):
            _leaks.append(f'{self}: {data.decode(errors="replace")}')
        return data, source


class UdpEnd(Ear, Agent):
    def __init__(self, machine, port=SIP_PORT, **how):
        self.host = machine
        super().__init__(machine.ns, machine.addr, port, user=machine.user, **how)


class TcpEnd(Ear, TcpAgent):
    def __init__(self, machine, sock, **how):
        self.host = machine
        super().__init__(machine.ns, sock, machine.user, **how)


def pair(a, b, proto='udp', to=None, port=SIP_PORT, own=SIP_PORT):
    """An agent of each; over TCP the first has connected to the second, who is seen at to."""
    if proto == 'udp':
        return a.agent(own), b.agent(port)
    door = listen(b.ns, b.addr, port)
    sock = dial(a.ns, (a.addr, next(_tcp_ports)), to or (b.addr, port))
    door.settimeout(WAIT)
    other, seen = door.accept()
    sip._open.append(other)
    other.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    first, second = TcpEnd(a, sock), TcpEnd(b, other)
    first.seen_as = seen[:2]
    return first, second


def where(uri):
    """(address, port) that a URI names."""
    name, port = re.match(r'sips?:(?:[^@;]*@)?(\[[^]]*\]|[^:;>]*)(?::(\d+))?', uri).groups()
    return name.strip('[]'), int(port or SIP_PORT)


# --- media --------------------------------------------------------------------


class Media:
    """RTP and RTCP sockets of a machine."""

    def __init__(self, machine, port=None):
        self.host, self.port = machine, port or next(_media_ports)
        self.socks = [Rtp(machine.ns, machine.addr, self.port + i) for i in (0, 1)]
        self.sdp = sdp(machine.addr, self.port)


def place(description, i):
    """Where RTP, or RTCP, is announced."""
    addr, port = description.at
    return (addr, description.media[0][3] or port + 1) if i else (addr, port)


def talk(a, a_sdp, b, b_sdp, first=0):
    """Both hear each other, each from where the other was announced; a_sdp: what b was told of a."""
    for i, what in enumerate(('RTP', 'RTCP')):
        a_at, b_at = place(a_sdp, i), place(b_sdp, i)
        turns = [(a, a_at, b, b_at), (b, b_at, a, a_at)]
        for x, x_at, y, y_at in turns[::-1] if first else turns:
            if not heard(f'{what} of {x.host.user} from the published port', x.socks[i], y_at, y.socks[i], x_at if exact[0] else None):
                raise Missing('media')      # each that is missing takes a while


# --- what each router says ------------------------------------------------------


def run(ns, *command):
    with netns(ns):
        return subprocess.run(command, capture_output=True, text=True).stdout


def stats_of(ns):
    with netns(ns), open('/proc/net/sipalg/stats') as f:
        return {n: int(v) for n, v in (line.split() for line in f)}


def moved_in(ns, before):
    return {n: v - before[n] for n, v in stats_of(ns).items() if v != before[n]}


def set_in(ns, name, value):
    with netns(ns), open('/proc/sys/net/netfilter/sipalg/' + name, 'w') as f:
        f.write(str(value))


def get_in(ns, name):
    with netns(ns), open('/proc/sys/net/netfilter/sipalg/' + name) as f:
        return f.read().strip()


def waits(ns, proto=None):
    """(protocol, port) of each expectation of a router."""
    text = run(ns, 'conntrack', '-L', 'expect') + run(ns, 'conntrack', '-L', 'expect', '-f', 'ipv6')
    found = re.findall(r'proto=(\d+) .*?dport=(\d+)', text)
    return sorted((int(n), int(p)) for n, p in found)


def media_waits(ns, *signalling):
    """UDP ports that wait, without those."""
    return [p for n, p in waits(ns) if n == 17 and p not in (SIP_PORT, *signalling)]


def state_in(ns, dialog):
    """'state reason' of a dialog's call, as one router lists it."""
    with netns(ns), open('/proc/net/sipalg/calls') as f:
        lines = [w for w in (line.split() for line in list(f)[1:]) if w[8] == dialog.call_id[:64]]
    return f'{lines[-1][1]} {lines[-1][5]}' if lines else 'unknown'


# --- scenes -------------------------------------------------------------------


def of(what, fn, *args, **how):
    """A scene made of a function: at its end nothing is open, nothing failed and nothing leaked.

    at: its routers; set: their settings for this time; allowed: what may be counted all the same.
    """
    allowed, at, values = how.pop('allowed', ()), how.pop('at', None), how.pop('set', {})

    def play_it():
        _leaks.clear()
        routers[:] = at or routers
        for r in routers:
            run(r, 'conntrack', '-F')
        before = {r: stats_of(r) for r in routers}
        kept = {(r, n): get_in(r, n) for r in routers for n in values}
        try:
            for r, n in kept:
                set_in(r, n, values[n])
            fn(*args, **how)
        finally:
            for (r, n), value in kept.items():
                set_in(r, n, value)
        for r in routers:
            equal(f'no pinhole is left in {r}', [], waits(r))
            bad = {n: v for n, v in moved_in(r, before[r]).items()
                   if (n in FAILURES or n.startswith('malformed_')) and n not in allowed}
            equal(f'nothing failed in {r}', {}, bad)
        check('nobody was sent a hidden address', not _leaks, *_leaks[:2])
    play_it.__doc__ = what
    return play_it


def both(what, fn, *args, **how):
    """The same over UDP and TCP."""
    return [of(f'{what}, {proto.upper()}', fn, *args, proto=proto, **how) for proto in ('udp', 'tcp')]


def strictly(what, fn, *args, **how):
    """The same where only who was announced may send media, and only who was learned may call in."""
    return both(f'{what}, strictly', fn, *args, set={'media_source': 'announced', 'signalling_source': 'learned'}, **how)


def signals_from(agent, message_):
    """The Contact of a message names the connection that it came on, and the machine's published address."""
    at = where(message_.contact)
    if isinstance(agent, UdpEnd):
        equal('Contact is where it came from', message_.source, at)
    elif hasattr(agent, 'seen_as'):
        equal('Contact is its connection', agent.seen_as, at)
    equal('at the published address', agent.host.seen, at[0])


def registered(phone, registrar, to=None, **how):
    """(what the registrar saw, the dialog)"""
    seen, ok, d = register(phone, registrar, to=to, **how)
    signals_from(phone, seen)
    equal('the phone is told its own contact', phone.contact, ok.contact)
    check('and its own Via', f'{host(phone.addr)}:{phone.port};' in ok['via'], ok['via'])
    return seen, d


def unregistered(phone, registrar, dialog):
    register(phone, registrar, expires=0, dialog=dialog)


def bye(dialog, other):
    """A call's end; whoever is hung up on reads its own contact."""
    dialog.request('BYE')
    m = other.take('BYE')
    equal('the Request-URI of BYE', other.contact, m.uri)
    other.reply(m, 200, contact=False)
    return dialog.agent.take(200)


def whole_call(what, a, b, uri=None, to=None, first=0, ends=0, ports=(None, None), read=None):
    """A call of a to b with media, a re-offer from b, and its end: what a and b were told of each other.

    read: what b shall read in the Request-URI; None: its own contact.
    """
    m, n = Media(a.host.media, ports[0]), Media(b.host.media, ports[1])
    c = connect(a, b, m.sdp, n.sdp, uri=uri, to=to)
    equal(f'{what}: the Request-URI', read or b.contact, c.invite.uri)
    signals_from(a, c.invite)
    equal('the callee\'s Contact is at its published address', b.host.seen, where(c.ok.contact)[0])
    equal('the offer is at the caller\'s published address', a.host.media.seen, c.offer.addr)
    equal('the answer at the callee\'s', b.host.media.seen, c.answer.addr)
    check('RTP ports are even', not c.offer.port & 1 and not c.answer.port & 1, c.offer.at, c.answer.at)
    # in the dialog each sends where the other's Contact leads
    c.caller.to, c.callee.to = where(c.ok.contact), where(c.invite.contact)
    talk(m, c.offer, n, c.answer, first)
    again, answered = reoffer(c.callee, a, n.sdp, m.sdp)
    equal('a re-INVITE the other way publishes the same', (c.answer.at, c.offer.at), (again.at, answered.at))
    talk(m, c.offer, n, c.answer, 1 - first)
    if ends:
        bye(c.callee, a)
    else:
        bye(c.caller, b)
    for r in routers:
        equal(f'BYE ended it in {r}', 'ended hung-up', state_in(r, c.caller))
        shut = [p for p in (c.offer.port, c.answer.port) if p in media_waits(r)]
        equal(f'BYE closed its ports in {r}', [], shut)
    return c


def visit(phone, provider, stranger=None, proto='udp', to=None):
    """A phone registers, calls, is called by its provider and by a stranger, and leaves."""
    a, p = pair(phone, provider, proto)
    seen, d = registered(a, p)
    way_in = where(seen.contact)
    whole_call('out, the phone speaks first', a, p)
    c = whole_call('out, the provider speaks first', a, p, first=1, ends=1)
    whole_call('in', p, a, uri=seen.contact, to=way_in, first=1)
    whole_call('in, the phone speaks first', p, a, uri=seen.contact, to=way_in, first=1, ends=1)
    if stranger and proto == 'udp':
        s = stranger.agent(5090)
        whole_call('in from a stranger', s, a, uri=seen.contact, to=way_in)
    again, d = registered(a, p, dialog=d)
    equal('a refresh publishes the same', seen.contact, again.contact)
    unregistered(a, p, d)
    late = Media(stranger or provider)
    ear = Rtp(phone.ns, phone.addr, next(_media_ports))
    unheard('then media of a stranger stays outside', late.socks[0], (phone.seen, ear.port), ear)
    return c


def served(server, phone, proto='udp', to=None, port=SIP_PORT):
    """A machine outside registers at a server inside, calls it at that address, and is called."""
    a, s = pair(phone, server, proto, to=to, port=port)
    seen, d = registered(a, s, to=to)
    uri = f'sip:100@{host(to[0])}:{to[1]}'
    for first in (0, 1):
        c = whole_call(f'to the server, {(phone, server)[first].user} speaks first', a, s, uri=uri, to=to,
                       read=uri, first=first, ends=first)  # whatever Contact it has published: this is another user
        equal('the server\'s Contact is where it was called', to, where(c.ok.contact))
        whole_call(f'from the server, {(server, phone)[first].user} speaks first', s, a, uri=seen.contact, to=where(seen.contact),
                   first=first, ends=first)
    unregistered(a, s, d)


class Joined:
    """One calls another through an agent outside, which makes two calls of it and hands the descriptions over as they
    are: what each was told of the other, and what the agent saw."""

    def __init__(self, m, n, via):
        self.a, self.b, self.p = m.host.agent(), n.host.agent(), via.agent()
        (_, da), (seen_b, db) = registered(self.a, self.p), registered(self.b, self.p)
        self.registrations = (self.a, da), (self.b, db)
        self.one = self.a.dial('sip:bert@example.com', self.p.at)
        self.one.request('INVITE', m.sdp)
        invite = self.p.take('INVITE')
        self.offer = invite.sdp
        self.two = self.p.dial(seen_b.contact, where(seen_b.contact))
        self.two.request('INVITE', invite.body.decode())
        far = self.b.take('INVITE')
        self.told_bert = far.sdp
        self.b.reply(far, 200, n.sdp, tag='tr')
        ok = self.p.take(200)
        self.answer = ok.sdp
        self.p.reply(invite, 200, ok.body.decode(), tag='tr')
        near = self.a.take(200)
        self.told_anna = near.sdp
        for dialog, response, other in ((self.one, near, self.p), (self.two, ok, self.b)):
            dialog.learn(response)
            dialog.ack()
            other.take('ACK')
        equal('outside both are at their published addresses', [m.host.seen, n.host.seen], [self.offer.addr, self.answer.addr])

    def end(self):
        bye(self.one, self.p)
        bye(self.two, self.b)
        for phone, d in self.registrations:
            unregistered(phone, self.p, d)


def exchange(m, told_m, n, told_n, from_m=None, from_n=None, first=0):
    """Both hear each other where they were told to send to; from_m: and from there."""
    for i, what in enumerate(('RTP', 'RTCP')):
        turns = [(m, place(told_n, i), n, from_m), (n, place(told_m, i), m, from_n)]
        for x, to, y, source in (turns[::-1] if first else turns) * 2:
            if not heard(f'{what} of {x.host.user}', x.socks[i], to, y.socks[i], source and (source[0], source[1] + i)):
                raise Missing('media')

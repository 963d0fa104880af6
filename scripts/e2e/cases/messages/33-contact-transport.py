# SPDX-License-Identifier: GPL-2.0
# A Contact is published for the transport that it is reached by: what it says, or was registered with, whichever
# transport the message came by. Requests come there, and the calls have media; both sides hang up.
# tags: 6.12 6.1 7
# topo: masquerade
# after: expectations bindings calls pinholes
from tcp import *

LARGE = [('Subject', 'a request that is over the MTU goes over TCP, by RFC 3261 18.1.1 ' + 20 * 'x' + 16 * ' and so on')]


class Both(Scene):
    """A phone and a provider with sockets for UDP and a connection."""

    def __init__(self):
        super().__init__()
        self.tcp, self.tcp_provider = tcp_pair((PHONE, self.port + 11))

    def call(self, phone, provider, contact, body=None):
        """An INVITE from the phone with that Contact, answered: (dialog, the callee's, INVITE)."""
        phone.contact = contact
        d = phone.dial(provider.contact, provider.at)
        d.request('INVITE', self.offer, headers=LARGE)
        invite = provider.take('INVITE')
        provider.reply(invite, 200, self.answer, tag='ct')
        d.learn(phone.take(200))
        d.ack()
        provider.take('ACK')
        self.talk(invite.sdp.at)
        return d, provider.dialog_of(invite, 'ct'), invite

    def bye(self, what, far, by, phone, d, to=None):
        """The callee hangs up at the published Contact."""
        far.agent, far.to = by, to
        far.request('BYE')
        bye = phone.take('BYE')
        equal(f'{what}: the Request-URI is what the phone wrote', d.agent.contact, bye.uri)
        phone.reply(bye, 200, contact=False)
        by.take(200)
        equal(f'{what}: the call has ended', 'ended hung-up', call_state(d))


def both(fn):
    @functools.wraps(fn)
    def play_it():
        s = Both()
        fn(s)
        equal('no pinhole is left', ([], []), (waiting(), tcp_waiting()))
        equal('nothing failed', [0] * 4, [s.moved(n) for n in ('commit_failed', 'pinholes_full', 'malformed_sdp',
                                                               'pinholes_no_port')])
    return play_it


def plain(port, more=''):
    return f'sip:alice@{PHONE}:{port}{more}'


@both
def registered_udp(s):
    """registered over UDP, calls over TCP"""
    seen, _, reg = register(s.phone, s.provider)
    for i, elsewhere in enumerate((None, Agent('wan', PROVIDER, 5090), None)):
        d, far, invite = s.call(s.tcp, s.tcp_provider, s.phone.contact)
        equal('the Contact is that of the registration', seen.contact, invite.contact)
        if i < 2:
            s.bye('BYE over UDP' + (' from another port' if elsewhere else ''), far, elsewhere or s.provider, s.phone, d,
                  at_of(invite.contact))
        else:
            hang_up(d, s.tcp_provider)
    d, far, invite = s.call(s.tcp, s.tcp_provider, s.phone.contact)
    s.bye('BYE over the connection', far, s.tcp_provider, s.tcp, d)
    register(s.phone, s.provider, expires=0, dialog=reg)


@both
def outlives_registration(s):
    """its registration ends during the call"""
    seen, _, reg = register(s.phone, s.provider)
    d, far, invite = s.call(s.tcp, s.tcp_provider, s.phone.contact)
    register(s.phone, s.provider, expires=0, dialog=reg)
    s.bye('BYE over UDP', far, Agent('wan', PROVIDER, 5091), s.phone, d, at_of(invite.contact))


@both
def says_udp(s):
    """says transport=udp, and is not registered"""
    door = Agent('lan', PHONE, 5066)
    d, far, invite = s.call(s.tcp, s.tcp_provider, plain(5066, ';transport=udp'))
    at = at_of(invite.contact)
    equal('it is published at the router', (ROUTER, True), (at[0], invite.contact.endswith(';transport=udp')))
    check('its UDP port waits', at[1] in waiting(), waiting())
    equal('no TCP port does', [], tcp_waiting())
    s.bye('BYE over UDP', far, s.provider, door, d, at)
    equal('and is closed with the call', ([], []), (waiting(), tcp_waiting()))
    d, far, invite = s.call(s.tcp, s.tcp_provider, plain(5066, ';transport=udp'))
    hang_up(d, s.tcp_provider)


@both
def says_udp_strictly(s):
    """the same with signalling_source=registrar"""
    door = Agent('lan', PHONE, 5067)
    with settings(signalling_source='registrar'):
        d, far, invite = s.call(s.tcp, s.tcp_provider, plain(5067, ';transport=udp'))
        stranger = Agent('wan', OTHER, 5092, user='mallory')
        stranger.dial(invite.contact, at_of(invite.contact)).request('OPTIONS')
        check('a stranger does not get there', door.recv(QUIET)[0] is None)
        s.bye('BYE over UDP', far, Agent('wan', PROVIDER, 5093), door, d, at_of(invite.contact))


@both
def says_nothing(s):
    """says nothing, and is not registered"""
    d, far, invite = s.call(s.tcp, s.tcp_provider, plain(5068))
    equal('the connection is published', s.tcp.seen_as, at_of(invite.contact))
    s.bye('BYE over it', far, s.tcp_provider, s.tcp, d)


@both
def not_the_connections(s):
    """the connection is not what is published"""
    seen, _, reg = register(s.phone, s.provider)
    d, far, invite = s.call(s.tcp, s.tcp_provider, s.phone.contact)
    name = f'sip:alice@{ROUTER}:{s.tcp.seen_as[1]}'
    q = s.tcp_provider.dial(name, None)
    q.request('OPTIONS')
    equal('a request for its own address stays as it is', name, s.tcp.take('OPTIONS').uri)
    hang_up(d, s.tcp_provider)
    register(s.phone, s.provider, expires=0, dialog=reg)


@both
def registered_tcp(s):
    """registered over TCP, calls over UDP"""
    for contact in (plain(s.tcp.port, ';transport=tcp'), plain(s.tcp.port), plain(SIP_PORT)):
        s.tcp.contact = contact
        seen, _, reg = register(s.tcp, s.tcp_provider)
        equal('the connection is registered', s.tcp.seen_as, at_of(seen.contact))
        d, far, invite = s.call(s.phone, s.provider, contact)
        equal(f'{contact}: the Contact is that of the registration', seen.contact, invite.contact)
        s.bye(f'{contact}: BYE over TCP', far, s.tcp_provider, s.tcp, d)
        d, far, invite = s.call(s.phone, s.provider, contact)
        hang_up(d, s.provider)
        register(s.tcp, s.tcp_provider, expires=0, dialog=reg)


@both
def back_over_udp(s):
    """registered over TCP, and the callee keeps to UDP"""
    s.tcp.contact = plain(SIP_PORT)
    seen, _, reg = register(s.tcp, s.tcp_provider)
    d, far, invite = s.call(s.phone, s.provider, plain(SIP_PORT))
    equal('the connection is published', s.tcp.seen_as, at_of(invite.contact))
    s.bye('BYE over UDP', far, s.provider, s.phone, d, invite.source)
    register(s.tcp, s.tcp_provider, expires=0, dialog=reg)


@both
def registered_twice(s):
    """registered over both from one port"""
    s.tcp.contact = s.phone.contact
    seen, _, reg = register(s.phone, s.provider)
    tcp_seen, _, tcp_reg = register(s.tcp, s.tcp_provider)
    for phone, provider, published in ((s.phone, s.provider, seen), (s.tcp, s.tcp_provider, tcp_seen)):
        d, far, invite = s.call(phone, provider, s.phone.contact)
        equal('each message publishes its own', published.contact, invite.contact)
        hang_up(d, provider)
    register(s.tcp, s.tcp_provider, expires=0, dialog=tcp_reg)
    register(s.phone, s.provider, expires=0, dialog=reg)


@both
def says_tcp(s):
    """says transport=tcp over UDP, and is not registered"""
    contact = plain(s.port + 7, ';transport=tcp')
    d, far, invite = s.call(s.phone, s.provider, contact)
    check('no private address is published', PHONE not in invite.contact, invite.contact)
    equal('no TCP port waits', [], tcp_waiting())
    hang_up(d, s.provider)
    with settings(tcp_contact=1):
        door = listen('lan', PHONE, s.port + 7)
        d, far, invite = s.call(s.phone, s.provider, contact)
        at = at_of(invite.contact)
        equal('with tcp_contact=1 it does', [at[1]], tcp_waiting())
        there = dial('wan', (PROVIDER, s.port + 13), at)
        door.settimeout(3)
        here, _ = door.accept()
        sip._open.append(here)
        s.bye('BYE over TCP', far, TcpAgent('wan', there, 'sbc'), TcpAgent('lan', here), d)
        equal('it is closed with the call', [], tcp_waiting())


@both
def registers_udp(s):
    """registers over TCP where it listens for UDP"""
    door = Agent('lan', PHONE, 5069)
    contact = s.tcp.contact = door.contact = plain(5069, ';transport=udp')
    seen, ok, reg = register(s.tcp, s.tcp_provider)
    at = at_of(seen.contact)
    check('its UDP port waits', at[1] in waiting(), waiting())
    equal('the phone sees its own contact', contact, ok.contact)
    c = s.provider.dial(seen.contact, at)
    c.request('INVITE', s.answer)
    invite = door.take('INVITE')
    equal('a call comes there over UDP', contact, invite.uri)
    door.reply(invite, 200, s.offer, tag='ru')
    ok = s.provider.take(200)
    c.learn(ok)
    c.ack()
    door.take('ACK')
    s.talk(ok.sdp.at)
    hang_up(c, door)
    register(s.tcp, s.tcp_provider, expires=0, dialog=reg)


play(registered_udp, outlives_registration, says_udp, says_udp_strictly, says_nothing, not_the_connections, registered_tcp,
     back_over_udp, registered_twice, says_tcp, registers_udp)

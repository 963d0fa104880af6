# SPDX-License-Identifier: GPL-2.0
# A phone registered over TCP is called in over the same connection, however long it was idle; its own
# port is opened only by tcp_contact=1; a call that changes its transport keeps its ports.
# limit: 240
# topo: masquerade
# with: tcp_addresses
# after: expectations bindings pinholes
# zero: none failed: bindings_full pinholes_no_port commit_failed
from tcp import *

IDLE = 6.5      # seconds; the kernel's idle times are shorter in this case


def connection(phone):
    """The router's line of a phone's connection, '' where there is none."""
    return next((f for f in tcp_flows() if f'src={phone.addr} ' in f and f'sport={phone.port} ' in f), '')


def reached(what, phone, by, contact):
    """An INVITE by that connection, its 200 and its end."""
    c = by.dial(contact, None)
    c.request('INVITE')
    invite = phone.take('INVITE')
    equal(f'{what}: the Request-URI is the phone\'s own', phone.contact, invite.uri)
    phone.reply(invite, 200, sdp(phone.addr, 4000), tag='c')
    ok = by.take(200)
    check(f'{what}: the 200 is translated', host(phone.addr).encode() not in ok.data, ok.data.decode())
    c.learn(ok)
    c.ack()
    phone.take('ACK')
    hang_up(c, phone)


@tcp_scene
def an_hour(s):
    """called in an hour later"""
    seen, _, d = register(s.phone, s.provider, expires=3600)
    left = int(connection(s.phone).split()[2])
    check('its connection may be idle for longer than the grant', left > 3632, connection(s.phone))
    time.sleep(IDLE)
    check('it is still there', 'helper=sipalg' in connection(s.phone), *tcp_flows())
    reached('after the idle time', s.phone, s.provider, seen.contact)
    s.phone.sock.send(b'\r\n\r\n')
    again, ok, d = register(s.phone, s.provider, dialog=d, expires=3600)
    equal('a refresh publishes the same', (seen.contact, s.phone.contact), (again.contact, ok.contact))
    reached('after the refresh', s.phone, s.provider, seen.contact)
    register(s.phone, s.provider, expires=0, dialog=d)


@tcp_scene
def short_clock(s):
    """called in after the kernel's own idle time"""
    in_router('sysctl', '-q', 'net.netfilter.nf_conntrack_tcp_timeout_established=3')
    try:
        seen, _, d = register(s.phone, s.provider)
        time.sleep(IDLE)
        check('its connection is there as long as the grant', connection(s.phone), *tcp_flows())
        reached('then', s.phone, s.provider, seen.contact)
        register(s.phone, s.provider, expires=0, dialog=d)
    finally:
        in_router('sysctl', '-q', 'net.netfilter.nf_conntrack_tcp_timeout_established=432000')


@tcp_scene
def reused(s):
    """one connection for everything"""
    seen, _, d = register(s.phone, s.provider)
    ports = set()
    for i in range(3):
        call = connect(s.phone, s.provider, s.offer, s.answer)
        equal('the Contact is the same', seen.contact, call.invite.contact)
        ports.add(call.offer.port)
        reached(f'called in during call {i}', s.phone, s.provider, seen.contact)
        s.talk(call.offer.at)
        hang_up(call.caller if i % 2 else call.callee, s.provider if i % 2 else s.phone)
    equal('it is one connection', 1, sum(f'src={PHONE} ' in f and 'dport=5060' in f and 'ESTABLISHED' in f for f in tcp_flows()))
    register(s.phone, s.provider, expires=0, dialog=d)


@tcp_scene
def again_after_reconnect(s):
    """the phone connects again"""
    seen, _, d = register(s.phone, s.provider)
    s.phone.close()
    s.provider.close()
    phone, provider = tcp_pair((PHONE, s.port + 1))
    d.agent = phone
    new, _, d = register(phone, provider, dialog=d)
    check('its new connection is published', at_of(new.contact) == phone.seen_as, new.contact)
    reached('there', phone, provider, new.contact)
    register(phone, provider, contact='*', expires=0, dialog=d)     # the old one's too


def listening(s):
    """A phone that wants to be called at a port of its own: a socket, and its contact."""
    door = listen('lan', PHONE, s.port + 7)
    return door, f'sip:alice@{PHONE}:{s.port + 7};transport=tcp'


def stranger(at, timeout):
    """A connection of a stranger to where a contact leads, or None."""
    with netns('wan'):
        sock = socket.socket()
    sip._open.append(sock)
    sock.settimeout(timeout)
    sock.bind((OTHER, 0))
    try:
        sock.connect(at)
        return sock
    except OSError:
        return None


@tcp_scene
def contact_closed(s):
    """tcp_contact=0 and a port of its own"""
    door, contact = listening(s)
    seen, ok, d = register(s.phone, s.provider, contact=contact)
    check('no address of the phone leaves', PHONE.encode() not in seen.data, seen.data.decode())
    equal('the phone sees its own contact', contact, ok.contact)
    equal('no TCP port waits', [], tcp_waiting())
    for port in {s.port + 7, at_of(seen.contact)[1]} - {s.phone.seen_as[1]}:
        check(f'nobody connects to {port}', stranger((ROUTER, port), 0.5) is None)
    register(s.phone, s.provider, expires=0, contact=contact, dialog=d)


@tcp_scene
def contact_open(s):
    """tcp_contact=1 and a port of its own"""
    with settings(tcp_contact=1):
        door, contact = listening(s)
        seen, ok, d = register(s.phone, s.provider, contact=contact)
        equal('the phone sees its own contact', contact, ok.contact)
        at = at_of(seen.contact)
        equal('it is published at the router', ROUTER, at[0])
        equal('its TCP port waits', [at[1]], tcp_waiting())
        for i in range(2):
            sock = stranger(at, 3)
            if not check(f'a stranger connects, time {i}', sock is not None, tcp_waiting()):
                break
            door.settimeout(3)
            conn, _ = door.accept()
            sip._open.append(conn)
            carol, phone = TcpAgent('wan', sock, 'carol'), TcpAgent('lan', conn, contact=contact)
            for cut in ([], [100, 200]):
                carol.cuts = phone.cuts = lambda data, cut=cut: cut
                reached(f'and calls, cut at {cut}', phone, carol, seen.contact)
        register(s.phone, s.provider, expires=0, contact=contact, dialog=d)
        equal('expires=0 closes it', [], tcp_waiting())
        check('then nobody connects', stranger(at, 0.5) is None)


def moved_to_tcp():
    """a call moves from UDP to TCP"""
    udp = Scene()
    call = udp.connect()
    udp.talk(call.offer.at)
    phone, provider = tcp_pair((PHONE, 20999))
    c = call.caller
    c.agent = phone
    for cut in ([], [200], [30, 400]):
        phone.cuts = provider.cuts = lambda data, cut=cut: cut
        seen, answered = reoffer(c, provider, udp.offer, udp.answer)
        equal('its re-INVITE over TCP publishes the same ports', call.offer.at, seen.at)
        equal('the answer comes as it was', udp.answer, answered.text)
        udp.talk(seen.at, 'media after it')
    equal('it is one call', (1, 0), (udp.moved('calls_added'), udp.moved('calls_ended')))
    equal('nothing more was opened than for media and, over UDP, the peer', 3, udp.moved('pinholes_opened'))
    hang_up(c, provider)
    equal('BYE over TCP ends it', 'ended hung-up', call_state(c))
    equal('no pinhole is left', [], media_waiting())


def moved_to_udp():
    """a call moves from TCP to UDP"""
    tcp, udp = TcpScene(), Scene()
    call = tcp.connect()
    c = call.caller
    c.agent, c.to = udp.phone, udp.provider.at
    seen, _ = reoffer(c, udp.provider, tcp.offer, tcp.answer)
    equal('its re-INVITE over UDP publishes the same ports', call.offer.at, seen.at)
    tcp.talk(seen.at)
    hang_up(c, udp.provider)
    equal('BYE over UDP ends it', 'ended hung-up', call_state(c))
    equal('no pinhole is left', [], media_waiting())


@tcp_scene
def connection_ends(s):
    """the connection ends during a call"""
    call = s.connect()
    s.phone.close()
    s.provider.close()
    time.sleep(0.2)
    equal('the call stays', 'up -', call_state(call.caller))
    s.talk(call.offer.at)
    phone, provider = tcp_pair((PHONE, s.port + 1))
    call.caller.agent = phone
    hang_up(call.caller, provider)
    equal('BYE over another connection ends it', 'ended hung-up', call_state(call.caller))


idle_times(2, 2)
play(an_hour, short_clock, reused, again_after_reconnect, contact_closed, contact_open, moved_to_tcp, moved_to_udp,
     connection_ends)

# SPDX-License-Identifier: GPL-2.0
"""What the shipped rules let through and what not: rules.py pass|refuse nat|routed 4|6.

The rules name one proxy, PROVIDER.  OTHER is a stranger, who calls in through a registration but is dialled in vain.
What must not pass is shown to pass, where it can, by one line more (`own_line`), so that nothing else holds it back.
"""
import sys
from tcp import *

routed, six = sys.argv[2] == 'routed', sys.argv[3] == '6'
phone_at, far_at, other_at = (PHONE6, PROVIDER6, OTHER6) if six else (PHONE, PROVIDER, OTHER)
mapped_at = phone_at if routed else ROUTER6 if six else ROUTER
family = 'ip6' if six else 'ip'
STRANGE, NEIGHBOUR = ('fd00:9::9', 'fd00:1::77') if six else ('10.9.9.9', '192.168.1.77')
ONE = '/128' if six else '/32'

_ports = itertools.count(20000, 20)


class RuleScene(Scene):
    """A Scene of the family."""

    def __init__(self):
        self.phone, self.provider = Agent('lan', phone_at), Agent('wan', far_at, user='sbc')
        self.port = next(_ports)
        self.inside, self.outside = Rtp('lan', phone_at, self.port), Rtp('wan', far_at, self.port + 2)
        self.offer, self.answer = sdp(phone_at, self.port), sdp(far_at, self.port + 2)
        self.far = (far_at, self.port + 2)
        self.before = stats()


def connections(source):
    """Lines of the router's connections from a host."""
    return in_router('conntrack', '-L', '-f', 'ipv6' if six else 'ipv4', '-s', source).splitlines()


def helper_of(port):
    """Of the phone's connection from that port: its helper, '' or None where there is no connection."""
    found = [f for f in connections(phone_at) if f' sport={port} ' in f]
    return ''.join(re.findall(r'helper=(\S+)', found[0])) if found else None


def knock(ns, to, seconds=WAIT):
    """A TCP connection from there, or None."""
    with netns(ns):
        s = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
    sip._open.append(s)
    s.settimeout(seconds)
    try:
        s.connect(to)
    except OSError as e:
        say(f'{ns} -> {to}: {e}')
        return None
    return s


def run_in(ns, *command):
    with netns(ns):
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def has_address(ns, addr, dev='lo'):
    run_in(ns, 'ip', 'addr', 'add', addr, 'dev', dev, *(['nodad'] if six else []))


OWN_LINES = {
    'SIP to anybody': ('iifname r0 udp dport 5060', '-i r0 -p udp --dport 5060'),
    'TFTP': ('iifname r0 udp dport 69', '-i r0 -p udp --dport 69'),
    'all related': ('ct state related', '-m conntrack --ctstate RELATED'),
    'all new': ('ct state new', '-m conntrack --ctstate NEW'),
}


@contextlib.contextmanager
def own_line(name):
    """A line that lets more through, for a while, ahead of the shipped ones."""
    nft, xt = OWN_LINES[name]
    tables = 'ip6tables' if six else 'iptables'
    is_nft = 'inet sipalg' in in_router('nft', 'list', 'tables')
    if is_nft:
        run_in('rtr', 'nft', f'insert rule inet sipalg forward {nft} accept comment "own"')
    else:
        run_in('rtr', tables, *f'-I FORWARD {xt} -j ACCEPT'.split())
    try:
        yield
    finally:
        if is_nft:
            handle = re.search(r'comment "own" # handle (\d+)', in_router('nft', '-a', 'list', 'table', 'inet', 'sipalg'))
            run_in('rtr', 'nft', f'delete rule inet sipalg forward handle {handle.group(1)}')
        else:
            run_in('rtr', tables, *f'-D FORWARD {xt} -j ACCEPT'.split())


def end_calls():
    for words in calls().values():
        if words[1] != 'ended':
            order(f'end {words[0]}')


# --- what passes --------------------------------------------------------------------


def udp_call():
    """A1: UDP"""
    s = RuleScene()
    seen, _, d = register(s.phone, s.provider)
    equal('the connection to the proxy has the helper', 'sipalg', helper_of(SIP_PORT))
    equal('the contact is published', f'sip:alice@{host(mapped_at)}:{SIP_PORT}', seen.contact)
    call = s.connect()
    equal('the offer is published', mapped_at, call.offer.addr)
    s.talk(call.offer.at, 'called out: media')
    hang_up(call.caller, s.provider)
    carol = Agent('wan', other_at, 5070, user='carol')
    call = connect(carol, s.phone, s.answer, s.offer, to=(mapped_at, SIP_PORT), uri=seen.contact)
    s.talk(call.answer.at, 'called in by a stranger: media')
    hang_up(call.caller, s.phone)
    register(s.phone, s.provider, expires=0, dialog=d)


def tcp_call():
    """A1: TCP"""
    port = next(_ports)
    phone, provider = tcp_pair((phone_at, port), (far_at, SIP_PORT))
    equal('the connection to the proxy has the helper', 'sipalg', helper_of(port))
    seen, _, d = register(phone, provider)
    inside, outside = Rtp('lan', phone_at, port), Rtp('wan', far_at, port + 2)
    near, far = sdp(phone_at, port), sdp(far_at, port + 2)
    out = connect(phone, provider, near, far)
    into = connect(provider, phone, far, near, uri=seen.contact)
    for way, call, at in (('out', out, out.offer.at), ('in', into, into.answer.at)):
        equal(f'called {way}: the phone is published', mapped_at, at[0])
        heard(f'called {way}: media in', outside, at, inside)
        heard(f'called {way}: media out', inside, (far_at, port + 2), outside)
    hang_up(out.caller, provider)
    hang_up(into.caller, phone)
    register(phone, provider, expires=0, dialog=d)


def tcp_media():
    """A1: media over TCP"""
    with settings(tcp_media=1):
        s = RuleScene()
        kind = ('m=audio', 'm=message'), ('RTP/AVP 0', 'TCP/MSRP *'), ('a=rtpmap:0 PCMU/8000', 'a=setup:%s')
        offer, answer = s.offer, s.answer
        for a, b in kind:
            offer, answer = offer.replace(a, b), answer.replace(a, b)
        door = listen('lan', phone_at, s.port)
        call = connect(s.phone, s.provider, offer % 'passive', answer % 'active')
        there = knock('wan', call.offer.at)
        if check('the provider connects', there is not None):
            door.settimeout(WAIT)
            here, _ = door.accept()
            here.settimeout(WAIT)
            there.sendall(b'MSRP one')
            here.sendall(b'MSRP two')
            equal('both hear each other', (b'MSRP two', b'MSRP one'), (there.recv(99), here.recv(99)))
            here.close()
        hang_up(call.caller, s.provider)


def icmp_error():
    """A1: ICMP errors"""
    s = RuleScene()
    call = s.connect()
    s.talk(call.offer.at)
    s.outside.sock.close()
    s.inside.sock.connect(s.far)
    s.inside.sock.send(b'to nobody')
    check('the phone hears that nobody listens',
          eventually(lambda: s.inside.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNREFUSED))
    hang_up(call.caller, s.provider)


# --- what does not ------------------------------------------------------------------


def other_hosts():
    """A1: SIP to a host that is no proxy"""
    phone, proxy, other = Agent('lan', phone_at, 5100), Agent('wan', far_at), Agent('wan', other_at)

    def dial(there, seconds):
        sent = phone.dial(there.contact, there.at).request('INVITE', sdp(phone_at, 4000))
        return sent, there.recv(seconds)[0]

    check('the proxy is reached', dial(proxy, WAIT)[1] is not None)
    equal('the connection to it has the helper', 'sipalg', helper_of(5100))
    in_router('conntrack', '-F')
    equal('the other one is not reached', None, dial(other, QUIET)[1])
    equal('there is no connection to it', None, helper_of(5100))
    with own_line('SIP to anybody'):
        sent, seen = dial(other, WAIT)
        equal('let through by a line of its own it arrives as it was', sent, seen)
        equal('without a helper', '', helper_of(5100))
    listen('wan', other_at, SIP_PORT)
    check('by TCP the proxy is reached', knock('lan', (far_at, SIP_PORT)) if listen('wan', far_at, SIP_PORT) else None)
    check('by TCP the other one is not', knock('lan', (other_at, SIP_PORT), 1) is None)
    end_calls()


def from_outside():
    """A1: from outside"""
    s = RuleScene()
    call = s.connect()
    s.talk(call.offer.at)
    ear, stranger = Rtp('lan', phone_at, 4998), Rtp('wan', other_at, 4999)
    listen('lan', phone_at, 4998)
    unheard('UDP to a port that nobody has opened', stranger, (mapped_at, 4998), ear)
    check('TCP to a port that nobody has opened', knock('wan', (mapped_at, 4998), 1) is None)
    stranger.speak('SIP', (mapped_at, SIP_PORT))
    equal('UDP to the port of a phone that has not registered', None, s.phone.recv(QUIET)[0])
    if routed:      # there is a way, and only the rules stand in it
        with own_line('all new'):
            heard('by a line of its own UDP would pass', stranger, (mapped_at, 4998), ear)
            check('by a line of its own TCP would pass', knock('wan', (mapped_at, 4998)) is not None)
    hang_up(call.caller, s.provider)
    in_router('conntrack', '-D', '-p', 'udp', '-f', 'ipv6' if six else 'ipv4', '--orig-port-dst', str(s.port + 2))
    in_router('conntrack', '-D', '-p', 'udp', '-f', 'ipv6' if six else 'ipv4', '--orig-port-src', str(s.port + 2))
    unheard('media behind the end of the call', s.outside, call.offer.at, s.inside)


def low_port():
    """A1: media to a port below 1024"""
    for port in (1024, 1023, 500):
        s = RuleScene()
        far = Rtp('wan', far_at, port)
        s.answer = sdp(far_at, port)
        call = s.connect()
        if port >= 1024:
            heard(f'out to {port} it passes', s.inside, (far_at, port), far)
        else:
            unheard(f'out to {port} it does not', s.inside, (far_at, port), far)
            if not routed:      # routed, the provider's ports are the module's matter, too
                with own_line('all related'):
                    unheard(f'rule B6: out to {port} it is not related at all', s.inside, (far_at, port), far)
        hang_up(call.caller, s.provider)
    s = RuleScene()
    ear = Rtp('lan', phone_at, 1022)
    s.offer = sdp(phone_at, 1022)
    call = s.connect()
    equal('in to 1022 nothing is open', [], [p for p in media_waiting() if p < 1024])
    equal('and that is counted', 1, s.moved('low_port'))
    unheard('in to 1022 nothing comes', s.outside, (mapped_at, 1022), ear)
    hang_up(call.caller, s.provider)


def another_helper():
    """A1: what another helper lets in"""
    related('ct helper set "other"', 'ct helper other { type "tftp" protocol udp; }', 5200)


def no_helper():
    """A1: what is related without a helper"""
    related('ct expectation set "other"',
            f'ct expectation other {{ protocol udp; dport 5200; timeout 1m; size 12; l3proto {family}; }}', 5200)


def related(rule, thing, port):
    """A connection to port 69, and one that comes back from another port."""
    run_in('rtr', 'nft', f'table inet other {{\n{thing}\nchain pre {{\n'
           f'type filter hook prerouting priority -140\niifname r0 udp dport 69 {rule}\n}}\n}}')
    client, server, back = Rtp('lan', phone_at, port), Rtp('wan', far_at, 69), Rtp('wan', far_at, 6200)
    with own_line('TFTP'):
        for line in (None, 'all related'):
            client.send(b'\0\1file\0octet\0', (far_at, 69))
            data, source = server.recv()
            check('the request passes', data is not None)
            if line:
                with own_line(line):
                    heard('it was related, and the name of the helper alone kept it', back, source, client)
            else:
                unheard('it does not come in', back, source, client)
            in_router('conntrack', '-F')
            in_router('conntrack', '-F', 'expect')
    run_in('rtr', 'nft', 'delete table inet other')


def spoofed():
    """A2: the sender's address"""
    has_address('lan', STRANGE + ONE)
    has_address('wan', NEIGHBOUR + ONE)
    far = Agent('wan', far_at)
    for addr in (phone_at, STRANGE):
        phone = Agent('lan', addr, 5300)
        phone.dial(far.contact, far.at).request('INVITE', sdp(addr, 4000))
        data, _ = far.recv(WAIT if addr == phone_at else QUIET)
        if addr == phone_at:
            check('its own passes', data is not None)
        else:
            equal('a strange one does not', None, data)
    equal('a strange one makes no connection', [], connections(STRANGE))
    equal('nor a call', [], [w for w in calls().values() if w[6].startswith(host(STRANGE) + ':')])
    check('its own does', any(w[6].startswith(host(phone_at) + ':5300') for w in calls().values()), calls())
    ear = Rtp('lan', phone_at, 5302)
    with own_line('all new'):
        unheard('an address of the lan does not come from outside', Rtp('wan', NEIGHBOUR, 5301), (phone_at, 5302), ear)
        equal('and makes no connection', [], connections(NEIGHBOUR))
        if routed:
            heard('where one of outside does', Rtp('wan', far_at, 5301), (phone_at, 5302), ear)
    end_calls()
    run_in('lan', 'ip', 'addr', 'del', STRANGE + ONE, 'dev', 'lo')
    run_in('wan', 'ip', 'addr', 'del', NEIGHBOUR + ONE, 'dev', 'lo')


def new_address():
    """A2: an interface that has no address yet"""
    run_in('lan', 'ip', 'addr', 'add', 'fd00:1::1/64', 'dev', 'l0')
    check('hears that another has it', eventually(lambda: 'dadfailed' in run_in('lan', 'ip', 'addr', 'show', 'dev', 'l0'), 5))
    run_in('lan', 'ip', 'addr', 'del', 'fd00:1::1/64', 'dev', 'l0')


if sys.argv[1] == 'pass':
    play(udp_call, tcp_call, tcp_media, icmp_error)
else:
    # what nft expects without a helper is not translated, so under NAT it leads to nobody
    play(*([other_hosts, from_outside, low_port, another_helper, spoofed] + [no_helper] * routed + [new_address] * six))

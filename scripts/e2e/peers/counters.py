# SPDX-License-Identifier: GPL-2.0
"""Every counter is moved, and every packet that the router keeps is counted: counters.py SIPALG_STATS_H.

Each scenario says which counters it moves.  Around each the packets are counted that enter the router and that leave
it: the difference is what the counters say whose text begins with "dropped:".  A counter of /proc/net/sipalg/stats
that no scenario moves and that is not in ELSEWHERE is a fault of this script: a new counter needs a scenario here.
"""
import random
import sys
from broken import *
from handover import *
from raw import *

# What cannot be moved from outside, and what moves it.
FAULTS = '/sys/kernel/debug/failslab/'
ELSEWHERE = {'foreign_full': 'rule_b10_share and rule_b10_sources of KUnit, and 42-namespaces'}
ELSEWHERE |= {} if os.path.exists(FAULTS + 'probability') else {
    'no_memory': 'this script in the debug kernel, where allocations can be made to fail',
    'tcp_again': 'the same, and KUnit: tcp_no_memory_to_hold, tcp_no_memory_to_patch, tcp_no_memory_to_end',
}

SCENARIOS = []
by_whom = {}        # counter: the first scenario that moved it
_ports = itertools.count(20000, 20)

with open(sys.argv[1]) as header:
    TEXTS = dict(re.findall(r'X\([A-Z0-9_]+, (\w+), "([^"]*)"\)', header.read()))
DROPPED = [name for name, text in TEXTS.items() if text.startswith('dropped')]

# The helper sees a packet last of all, so what leaves the router is counted where it arrives. A datagram is counted
# by its first fragment; what the router itself gets and sends counts for each other.
COUNTED = {
    'rtr': '''chain in { type filter hook prerouting priority -300
        iifname { r0, r1 } meta l4proto { udp, tcp } counter name entered
    }
    chain from { type filter hook output priority 0
        meta l4proto { udp, tcp } counter name entered
    }
    chain to { type filter hook input priority 0
        meta l4proto { udp, tcp } counter name left
    }''',
    'lan': '''chain in { type filter hook prerouting priority -450
        iifname != l0 accept
        ip frag-off & 0x1fff != 0 accept
        frag frag-off != 0 accept
        meta l4proto { udp, tcp } counter name left
    }'''}
COUNTED['wan'] = COUNTED['lan'].replace('l0', 'w0')
for _ns, _chains in COUNTED.items():
    with netns(_ns):
        subprocess.run(['nft', 'table inet account {\ncounter entered { }\ncounter left { }\n' + _chains + '\n}'], check=True)


def kept():
    """Packets that entered the router and did not leave it, less those that it made itself."""
    total = 0
    for ns in COUNTED:
        with netns(ns):
            text = subprocess.run(['nft', 'list', 'counters'], capture_output=True, text=True).stdout
        for name, n in re.findall(r'counter (\w+) \{\s*packets (\d+)', text):
            total += int(n) if name == 'entered' else -int(n)
    return total


def made(m):
    """Packets that the router has made itself."""
    return m.get('tcp_acked', 0) + m.get('tcp_reset', 0)


def dropped(m):
    """Packets dropped, by the counters; a message that is cut out of a stream drops no packet."""
    return sum(m.get(n, 0) for n in DROPPED) - m.get('tcp_cut', 0)


def moves(*names, drops=None):
    """A scenario that moves these counters; drops: how many packets it makes the router drop, if that is certain."""
    def add(fn):
        @functools.wraps(fn)
        def play_it():
            for dump in (in_router('conntrack', '-F'), in_router('conntrack', '-F', 'expect')):
                say(dump)
            before, packets = stats(), kept()
            fn()
            end_calls()
            m = {}

            def agree():
                m.clear()
                m.update(moved(before))
                return kept() - packets + made(m) == dropped(m)
            eventually(agree, 3)
            missing = [n for n in names if not m.get(n)]
            check('moves ' + ', '.join(names), not missing, f'not moved: {missing}', m)
            equal('packets that entered and did not leave are those that were dropped',
                  (dropped(m), 0), (kept() - packets + made(m), kept() - packets + made(m) - dropped(m)))
            if drops is not None:
                equal('so many packets were dropped', drops, dropped(m))
            for n in m:
                by_whom.setdefault(n, fn.__doc__)
        SCENARIOS.append(play_it)
        return play_it
    return add


def end_calls():
    for words in calls().values():
        if words[1] != 'ended':
            order(f'end {words[0]}')


def asks(phone, there, body='', method='INVITE', **how):
    """A request of a dialog of its own, as the other side saw it."""
    d = phone.dial(there.contact, there.at)
    d.request(method, body, **how)
    return d, there.take(method)


# --- calls and registrations --------------------------------------------------------


@moves('packets', 'messages', 'requests', 'responses', 'translated', 'calls_added', 'calls_ended', 'bindings_added',
       'bindings_ended', 'pinholes_opened', 'pinholes_closed', 'pinholes_taken', 'media_out', drops=0)
def a_call():
    """a registration and two calls"""
    s = Scene()
    _, _, d = register(s.phone, s.provider)
    call = s.connect()
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)
    t = s.port + 10
    inside, outside = Rtp('lan', PHONE, t), Rtp('wan', PROVIDER, t + 2)
    call = connect(s.phone, s.provider, sdp(PHONE, t), sdp(PROVIDER, t + 2))
    heard('who speaks first inside', inside, (PROVIDER, t + 2), outside, call.offer.at)
    hang_up(call.caller, s.provider)
    register(s.phone, s.provider, expires=0, dialog=d)


class Elsewhere(Agent):
    """Listens at 5070."""

    def via(self, branch_=None):
        return super().via(branch_).replace(f':{self.port};', ':5070;')


@moves('led_to_via', drops=0)
def listens_elsewhere():
    """an answer to the port that a phone sends from"""
    phone, listener, far = Elsewhere('lan', PHONE, 5071), Agent('lan', PHONE, 5070), Agent('wan', PROVIDER)
    _, options = asks(phone, far, method='OPTIONS')
    far.reply(options, 200, tag='l')
    listener.take(200)


@moves('pinholes_moved', drops=0)
def the_same_port():
    """two phones with one port"""
    phones, far = [Agent('lan', a) for a in (PHONE, PHONE2)], Agent('wan', PROVIDER)
    for phone in phones:
        asks(phone, far, sdp(phone.addr, 4000))


@moves('media_ports_full', drops=0)
def a_full_range():
    """more media than media_ports has"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    with settings(media_ports='40000-40001'):
        asks(phone, far, sdp(phone.addr, 4300))
        asks(phone, far, sdp(phone.addr, 4302))


@moves('ports_kept', 'ports_bound', 'ports_forwarded', drops=0)
def ports_of_others():
    """a port that is kept, one of a server on the router, and one that is forwarded"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    server = Socket('rtr', '0.0.0.0', 4200)
    with settings(keep_ports='4100'):
        asks(phone, far, sdp(phone.addr, 4100))
        asks(phone, far, sdp(phone.addr, 4200))
    server.sock.close()
    in_router('nft', 'add chain inet nat pre { type nat hook prerouting priority dstnat; };'
              f'add rule inet nat pre udp dport 4400 dnat ip to {PHONE2}')
    asks(phone, far, sdp(phone.addr, 4400))
    in_router('nft', 'delete chain inet nat pre')


@moves('pinholes_no_port', drops=0)
def a_taken_port():
    """media on the port that calls come to, routed"""
    phone, far = Agent('lan', PHONE6, contact=f'sip:alice@{host(PHONE6)}:4100'), Agent('wan', PROVIDER6)
    asks(phone, far, sdp(PHONE6, 4100))


def rings(phone, there):
    """A call that has an answer, so that it is not ended for another."""
    d, request = asks(phone, there)
    there.reply(request, 180, tag='r')
    phone.take(180)
    return d


@moves('calls_full', drops=0)
def too_many_calls():
    """calls_max"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    with settings(calls_max=1):
        rings(phone, far)
        asks(phone, far)


@moves('calls_quota', 'calls_evicted', drops=0)
def too_many_calls_of_a_host():
    """calls_per_host"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    with settings(calls_per_host=1):
        asks(phone, far)
        rings(phone, far)       # instead of that one
        asks(phone, far)


@moves('bindings_full', drops=0)
def too_many_bindings():
    """bindings_max"""
    phones, far = [Agent('lan', a) for a in (PHONE, PHONE2)], Agent('wan', PROVIDER)
    with settings(bindings_max=1):
        for phone, d in [(p, register(p, far)[2]) for p in phones]:
            register(phone, far, expires=0, dialog=d)


@moves('bindings_quota', drops=0)
def too_many_bindings_of_a_host():
    """bindings_per_host"""
    phones, far = [Agent('lan', PHONE, port) for port in (5060, 5062)], Agent('wan', PROVIDER)
    with settings(bindings_per_host=1):
        for phone, d in [(p, register(p, far)[2]) for p in phones]:
            register(phone, far, expires=0, dialog=d)


@moves('bindings_plain', 'pinholes_full', drops=0)
def no_pinhole_for_a_binding():
    """pinholes_max"""
    phones, far = [Agent('lan', a) for a in (PHONE, PHONE2)], Agent('wan', PROVIDER)
    with settings(pinholes_max=1):
        for phone, d in [(p, register(p, far)[2]) for p in phones]:
            register(phone, far, expires=0, dialog=d)


@moves('pinholes_quota', drops=0)
def too_many_pinholes_of_a_host():
    """three quarters of pinholes_max"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    with settings(pinholes_max=12):
        asks(phone, far, sdp(PHONE, *[next(_ports) for _ in range(5)]))


# --- limits -------------------------------------------------------------------------

OF_CLASS = {'invite': 'INVITE', 'register': 'REGISTER', 'options': 'OPTIONS', 'subscribe': 'PUBLISH', 'other': 'MESSAGE'}


@moves(*('flood_' + name for name in OF_CLASS), drops=len(OF_CLASS))
def too_many_requests():
    """more requests than a source may send"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    for name, method in OF_CLASS.items():
        with settings(**{'source_' + name: '1 1'}):
            asks(phone, far, method=method)
            phone.dial(far.contact, far.at).request(method)
            equal(f'the second {method} does not arrive', None, far.recv(QUIET)[0])


@moves('flood_response', drops=1)
def too_many_responses():
    """more responses than a source may send"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    _, seen = asks(phone, far, method='OPTIONS')
    with settings(source_response='1 1'):
        for n in range(2):      # that nobody has asked for
            seen.headers = [(k, f'unasked{n}' if k == 'call-id' else v) for k, v in seen.headers]
            far.reply(seen, 200, tag='x', contact=False)
        phone.take(200)
        equal('the second does not arrive', None, phone.recv(QUIET)[0])


@moves('flood_destination', drops=1)
def too_many_strangers():
    """more requests of strangers than a proxy may get"""
    phones, far = [Agent('lan', a) for a in (GROWS, SHRINKS)], Agent('wan', PROVIDER)
    with settings(destination_register='1 1'):
        asks(phones[0], far, method='REGISTER')
        phones[1].dial(far.contact, far.at).request('REGISTER')
        equal('the second does not arrive', None, far.recv(QUIET)[0])


@moves('failures', 'sources_blocked', 'blocked', drops=1)
def who_guesses():
    """registrations that fail"""
    phone, far = Agent('lan', PHONE2, 5066), Agent('wan', PROVIDER)
    with settings(block_failures=2):
        for _ in range(2):
            register(phone, far, status=403)
        phone.dial(far.contact, far.at).request('OPTIONS')
        equal('then nothing arrives', None, far.recv(QUIET)[0])
        with netns('rtr'), open('/proc/net/sipalg/sources', 'w') as f:
            f.write(f'release {PHONE2}')
        asks(phone, far, method='OPTIONS')


@moves('sources_evicted', drops=0)
def many_sources():
    """more sources than there is room for"""
    before, deaf = stats(), Agent('wan', PROVIDER)
    text = message('OPTIONS sip:x@example.com SIP/2.0', [('Via', 'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKs'), ('From', '<sip:a@x>;tag=1'),
                   ('To', '<sip:b@x>'), ('Call-ID', 's@test'), ('CSeq', '1 OPTIONS')])
    udp = struct.pack('!HHHH', 5080, SIP_PORT, 8 + len(text), 0) + text
    with netns('lan'), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        for n in range(1, 60000):
            source = struct.pack('!BBH', 10, 77, n)
            s.sendto(struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(udp), n, 0, 64, 17, 0) + source + socket.inet_aton(PROVIDER) +
                     udp, (PROVIDER, 0))
            if not n % 500:
                deaf.drain()
                if moved(before).get('sources_evicted'):
                    break


@moves('caller_refused', drops=1)
def a_stranger_calls():
    """signalling_source=learned"""
    with settings(signalling_source='learned'):
        phone, far, stranger = Agent('lan', PHONE), Agent('wan', PROVIDER), Agent('wan', OTHER, 5070)
        seen, _, d = register(phone, far)
        stranger.dial(seen.contact, at_of(seen.contact)).request('INVITE')
        equal('the stranger is not heard', None, phone.recv(QUIET)[0])
        register(phone, far, expires=0, dialog=d)


# --- what opens nothing -------------------------------------------------------------


@moves('foreign_via', 'foreign_media', 'low_port', 'tcp_media', 'media_over', 'foreign_contact', 'out_of_dialog',
       'no_host', drops=0)
def opens_nothing():
    """what opens nothing"""
    in_router('ip', 'route', 'replace', '169.254.7.0/24', 'dev', 'r0')
    with netns('lan'):
        subprocess.run(['ip', 'addr', 'add', '169.254.7.7/24', 'dev', 'l0'], check=True)
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    asks(Agent('lan', '169.254.7.7', 5068), far, sdp('169.254.7.7', 4000))
    phone.send(invite(replace={'Via': 'SIP/2.0/UDP 192.168.1.99:5060;branch=z9hG4bKv'}), far.at)
    far.take('INVITE')
    asks(phone, far, sdp('192.168.1.99', 4000))
    asks(phone, far, sdp(PHONE, 1022))
    asks(phone, far, sdp(PHONE, 4000).replace('RTP/AVP 0', 'TCP/RTP/AVP 0'))
    asks(phone, far, sdp(PHONE, *range(5000, 5068, 4)))
    register(phone, far, contact='sip:alice@192.168.1.99:5060')
    d, request = asks(phone, far)
    phone.reply(request, 200, sdp(PHONE, 4000), tag='nobody', to=far.at)
    far.take(200)


# --- what is not SIP, is broken, is unknown -------------------------------------------


@moves('not_sip', drops=0)
def not_sip():
    """what is not SIP"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    for what, data in NOT_SIP.items():
        phone.send(data, far.at)
        equal(f'{what} passes', data, far.recv()[0])


@moves(*sorted({'malformed_' + fault for fault, _, _ in MALFORMED}), drops=0)
def malformed():
    """broken SIP"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    for _, what, data in MALFORMED:
        phone.send(data, far.at)
        equal(f'{what} passes', data, far.recv()[0])


@moves(*sorted({'left_' + name for left, _, _ in ODD for name in left}), drops=0)
def odd():
    """odd SIP"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    for _, what, data in ODD:
        phone.send(data, far.at)
        check(f'{what} passes', far.recv()[0] is not None)
    end_calls()


@moves('malformed_dropped', *sorted({'malformed_' + fault for fault, _, _ in STRICT}), drops=len(STRICT))
def strict():
    """broken SIP, strict=1"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    with settings(strict=1):
        asks(phone, far, method='OPTIONS')
        for _, _, data in STRICT:
            phone.send(data, far.at)
        equal('none arrives', None, far.recv(QUIET)[0])


UNKNOWN = invite(replace={'CSeq': '1 NEWMETHOD'}).replace(b'INVITE sip:', b'NEWMETHOD sip:')


@moves('unknown_method', drops=0)
def unknown_passes():
    """an unknown method"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    phone.send(UNKNOWN, far.at)
    far.take('NEWMETHOD')


@moves('unknown_dropped', drops=2)
def unknown_is_dropped():
    """an unknown method, unknown_nat=0 and unknown_route=0"""
    for value, near, there in (('unknown_nat', PHONE, PROVIDER), ('unknown_route', PHONE6, PROVIDER6)):
        phone, far = Agent('lan', near), Agent('wan', there)
        with settings(**{value: 0}):
            phone.send(UNKNOWN, far.at)
            equal(f'{value}=0: it does not arrive', None, far.recv(QUIET)[0])
            phone.dial(far.contact, far.at).request('OPTIONS')
            check(f'{value}=0: a known one does', far.take('OPTIONS'))


# --- odd packets ---------------------------------------------------------------------


@moves('udp_length', drops=0)
def bytes_behind_the_datagram():
    """bytes behind a datagram's end"""
    far = Agent('wan', PROVIDER)
    with netns('lan'), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
        data = invite()
        udp = struct.pack('!HHHH', SIP_PORT, SIP_PORT, 8 + len(data), 0) + data + b'behind'
        ip = struct.pack('!BBHHHBBH', 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0)
        s.sendto(ip + socket.inet_aton(PHONE) + socket.inet_aton(PROVIDER) + udp, (PROVIDER, 0))
    equal('it passes', data, far.recv()[0])


@moves('udp_gso', drops=0)
def several_in_one():
    """several datagrams in one buffer"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    phone.sock.setsockopt(socket.IPPROTO_UDP, 103, 100)     # UDP_SEGMENT
    phone.send(b'x' * 250, far.at)
    equal('they pass', [100, 100, 50], [len(far.recv()[0] or b'') for _ in range(3)])


@moves('too_many_edits', drops=0)
def too_many_edits():
    """a message that would grow beyond a packet"""
    phone, far = Agent('lan', GROWS), Agent('wan', PROVIDER)
    room = 65507 - len(message('OPTIONS sip:x@example.com SIP/2.0', long_headers(phone, 65000)))
    data = message('OPTIONS sip:x@example.com SIP/2.0', long_headers(phone, 65000 + room))
    far.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    phone.send(data, far.at)
    equal('it passes as it was', data, far.recv()[0])


def long_headers(agent, n):
    """Headers of n bytes and some."""
    lines_ = [('Subject', 'x' * 4000)] * (n // 4011) + [('Subject', 'x' * (n % 4011))]
    return [('Via', agent.via('z9hG4bKlong')), ('From', '<sip:a@example.com>;tag=1'), ('To', '<sip:b@example.com>'),
            ('Call-ID', 'long@test'), ('CSeq', '1 OPTIONS'), ('Contact', f'<{agent.contact}>'), *lines_]


@moves('no_nat_module', drops=0)
def no_nat_module():
    """without nf_nat_sipalg"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    in_router('rmmod', 'nf_nat_sipalg')
    sent = phone.dial(far.contact, far.at).request('OPTIONS')
    equal('a message passes as it was', sent, far.recv()[0])
    in_router('modprobe', 'nf_nat_sipalg')


@moves('auto_attached', drops=0)
def attached():
    """auto_attach=1"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER, 5070)
    with settings(auto_attach=1, ports=5070):
        asks(phone, far, method='OPTIONS')


# --- TCP ----------------------------------------------------------------------------


@moves('tcp_held', 'tcp_acked', 'tcp_stayed')
def in_pieces():
    """TCP: a message in pieces"""
    w = Wire()
    w.passes('it', w.next(), [100, 200, 300, 400])


@moves('tcp_reset')
def of_another_router():
    """TCP: a translated stream whose numbers are not known"""
    w = Wire()
    w.server.acked = w.server.end()
    in_router('conntrack', '-F')
    w.phone.send(w.p, w.next().inside, ACK_ | PSH)
    is_ended('it', w.phone, w.server)


def emptied(ns):
    """No call is up, and the kernel's tables are empty."""
    end_calls()
    in_router('conntrack', '-F')


@moves('calls_taken_up', 'pinholes_adopted', 'takeover_waits', drops=1)
def of_another_router_too():
    """a call that began at another router, and a message that comes too early"""
    s = Scene()
    call = s.connect()
    hand_over(empty=emptied, pause=0)
    d = s.phone.dial(s.provider.contact, s.provider.at)
    d.remote_header += ';tag=b'
    d.request('INVITE', s.offer)
    check('waits', s.provider.recv(QUIET)[0] is None)
    time.sleep(0.5)
    d.request('INVITE', s.offer, cseq=1, branch_=d.invite[1])
    equal('has the published port', call.offer.at, s.provider.take('INVITE').sdp.at)


@moves('expects_lost', drops=0)
def without_its_host():
    """an expectation of another router that has lost its host"""
    s = Scene()
    s.connect()
    hand_over(empty=emptied, parts=BARE)
    check('nothing waits for media', eventually(lambda: not media_waiting()), media_waiting())


@moves('tcp_beyond')
def beyond_a_hole():
    """TCP: a segment beyond a hole"""
    w = Wire()
    words = w.next()
    n = len(words.inside)
    w.phone.send(w.p + 300, words.inside[300:])
    w.server.all()
    equal('does not arrive', w.q, w.server.end())
    w.passes('it', words, [300])
    check('all of it was sent', n)


@moves('tcp_not_sip', drops=0)
def http():
    """TCP: HTTP"""
    a, b, _ = tcp_connection((PHONE, next(_ports)), (PROVIDER, SIP_PORT))
    a.sendall(b'GET / HTTP/1.0\r\n\r\n')
    equal('it passes', b'GET / HTTP/1.0\r\n\r\n', b.recv(99))


@moves('tcp_broken', drops=0)
def no_length():
    """TCP: no Content-Length"""
    a, b, _ = tcp_connection((PHONE, next(_ports)), (PROVIDER, SIP_PORT))
    data = invite().replace(b'Content-Length: 0\r\n', b'').replace(b'/UDP', b'/TCP')
    a.sendall(data)
    equal('it passes', data, b.recv(9999))


@moves('tcp_cut', 'unknown_dropped')
def cut_out():
    """TCP: unknown_nat=0"""
    phone, provider = tcp_pair((PHONE, next(_ports)))
    with settings(unknown_nat=0):
        phone.send(UNKNOWN.replace(b'/UDP', b'/TCP'))
        asks(phone, provider, method='OPTIONS')     # take() refuses what else comes first
    equal('nothing else arrives', None, provider.recv(QUIET)[0])


@moves('commit_failed', 'tcp_full')
def no_room_for_text():
    """TCP: as many bytes held as may be"""
    head = b'INVITE sip:x@example.com SIP/2.0\r\n' + padding(60).replace('\n', '\r\n').encode()
    phone, provider = tcp_pair((GROWS, next(_ports)))       # of the host whose share it is
    pairs, before = [], stats()

    def another():
        a, b, _ = tcp_connection((GROWS, 46000 + len(pairs)), (PROVIDER, SIP_PORT))
        a.settimeout(WAIT)
        pairs.append((a, b))
        return a

    while len(pairs) < 400 and not moved(before).get('tcp_full'):       # 12 MiB, its share; the last one is let go
        another().sendall(head)
    for _ in range(3):
        a = another()
        for at in range(0, len(head), 2000):    # until just so many are held as may be
            a.sendall(head[at:at + 2000])
            phone.dial('sip:example.com', None).request('OPTIONS')
            if not provider.recv()[0]:
                raise Missing('a message does not arrive')
            if moved(before).get('commit_failed'):
                break
        else:
            continue
        break
    for a, b in pairs:
        a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        a.close()
        b.close()


# --- memory ---------------------------------------------------------------------------


@contextlib.contextmanager
def one_allocation_fails():
    """The next one that must not sleep."""
    def put(name, value):
        with open(FAULTS + name, 'w') as f:
            f.write(str(value))
    for name, value in (('verbose', 0), ('interval', 1), ('space', 0), ('task-filter', 'N'), ('ignore-gfp-wait', 'Y'),
                        ('times', 1), ('probability', 100)):
        put(name, value)
    try:
        yield
    finally:
        put('probability', 0)


def until_moved(name, attempt, tries=60):
    """Others allocate, too, so it takes some tries."""
    before = stats()
    for _ in range(tries):
        attempt()
        if moved(before).get(name):
            return


def no_memory():
    """no memory, UDP"""
    phone, far = Agent('lan', PHONE), Agent('wan', PROVIDER)
    asks(phone, far, method='OPTIONS')

    def attempt():
        d = phone.dial(far.contact, far.at)
        with one_allocation_fails():
            d.request('INVITE', sdp(PHONE, next(_ports)))
        far.recv(QUIET)
        end_calls()
    until_moved('no_memory', attempt)


def no_memory_tcp():
    """no memory, TCP"""
    def attempt():
        w = Wire()
        words = w.next()
        with one_allocation_fails():
            w.phone.send(w.p, words.inside[:300])
        w.passes('the message all the same', words, [300])
    until_moved('tcp_again', attempt)


if not ELSEWHERE:
    moves('no_memory')(no_memory)
    moves('tcp_again')(no_memory_tcp)


# --- the table ------------------------------------------------------------------------


def all_of_them():
    """the table"""
    names = list(stats())
    for n in names:
        who = by_whom.get(n) or ELSEWHERE.get(n) and 'not here: ' + ELSEWHERE[n] or '-'
        print(f'# {n:28} {who}')
    equal('/proc has the counters of the header', [n for n in names if not n.startswith(('malformed_', 'left_')) or n in TEXTS], list(TEXTS))
    equal('every counter is moved, or stands in the list of those that cannot be', [],
          [n for n in names if n not in by_whom and n not in ELSEWHERE])
    equal('nothing stands there in vain', [], [n for n in ELSEWHERE if n in by_whom or n not in names])


for _name in ('invite', 'register', 'options', 'subscribe', 'other', 'response'):
    setting('source_' + _name, 0)   # but where they are what is asked for
play(*SCENARIOS, all_of_them)

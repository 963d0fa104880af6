# SPDX-License-Identifier: GPL-2.0
# Calls that another router has seen begin: the router takes up their connections and expectations, as conntrackd gives
# them, and then the calls themselves, with the ports that the other side knows. No phone ever gets another one's media.
# limit: 400
# tags: 6.12 6.1 7
# topo: masquerade
# addr: lan 192.168.1.3/24
# with: no_limits
from handover import *
from scene import *
from tcp import TcpAgent, tcp_connection, tcp_info

ports = itertools.count(30000, 40)
TRIES = 20                      # hand-overs, of which one is looked at after a message has come


class Party:
    """A phone, its provider's side, and a media socket of each; two phones may have one RTP port."""

    def __init__(self, addr, name, port, far, outside=PROVIDER):
        self.phone = Agent('lan', addr, user=name)
        self.provider = Agent('wan', outside, user=f'for-{name}')
        self.port, self.far = port, (outside, port + far)
        self.inside, self.outside = Rtp('lan', addr, port), Rtp('wan', *self.far)
        self.offer, self.answer = sdp(addr, port), sdp(*self.far)

    def connect(self):
        """The call, and where the phone is published."""
        self.call = connect(self.phone, self.provider, self.offer, self.answer)
        self.at = self.call.offer.at

    def receive(self, contact):
        """The same, called from outside."""
        self.call = connect(self.provider, self.phone, self.answer, self.offer, uri=contact, to=at_of(contact))
        self.at = self.call.answer.at

    def talk(self, what):
        heard(f'{what}, in', self.outside, self.at, self.inside)
        heard(f'{what}, out', self.inside, self.far, self.outside, self.at)

    def offer_again(self, method='INVITE'):
        return reoffer(self.call.caller, self.provider, self.offer, self.answer, method)[0]

    def end(self):
        hang_up(self.call.caller, self.provider)


def two():
    port = next(ports)
    parties = Party(PHONE, 'alice', port, 2), Party(PHONE2, 'bob', port, 4, OTHER)
    for p in parties:
        p.connect()
    check('the second phone has another port', parties[0].at != parties[1].at)
    return parties


def ports_stay(parties, **how):
    before = stats()
    for p in reversed(parties):
        equal(f'{p.phone.user}: the same port is published', p.at, p.offer_again(**how).at)
    equal('calls were taken up', len(parties), moved(before).get('calls_taken_up', 0))
    for p in parties:
        p.talk(f'{p.phone.user}, afterwards')
        heard(f'{p.phone.user}, RTCP', Rtp('wan', p.far[0], p.far[1] + 1), (ROUTER, p.at[1] + 1),
              Rtp('lan', p.phone.addr, p.port + 1))
    for p in parties:
        p.end()
    equal('nothing waits after the calls', [], waiting())


def while_they_talk():
    """two calls with media, re-INVITEs"""
    parties = two()
    for p in parties:
        p.talk(p.phone.user)
    hand_over()
    for p in parties:
        p.talk(f'{p.phone.user}, before any message')
    ports_stay(parties)


def before_media():
    """two calls without media yet, re-INVITEs"""
    parties = two()
    hand_over()
    ports_stay(parties)


def by_update():
    """two calls, UPDATEs"""
    parties = two()
    hand_over()
    ports_stay(parties, method='UPDATE')


def too_early(ask, anew=lambda party: None):
    """A call is handed over, and a message of its phone comes before the router has looked: the call. Where the look is
    first, the next call is. anew: what begins between the two routers."""
    for _ in range(TRIES):
        in_router('conntrack', '-F')
        party = Party(PHONE, 'alice', next(ports), 2)
        party.connect()

        def empty(ns):
            reload(ns)
            anew(party)

        hand_over(pause=0, empty=empty)
        before = stats()
        ask(party)
        if eventually(lambda: moved(before).get('requests'), 2) and moved(before).get('takeover_waits'):
            return party
    raise Missing(f'of {TRIES} messages none came before the look')


def at_once():
    """a re-INVITE that comes while connections are given"""
    party = too_early(lambda party: party.call.caller.request('INVITE', party.offer))
    check('waits', party.provider.recv(QUIET)[0] is None)
    d, seen = party.call.caller, None
    for _ in range(TRIES):
        d.request('INVITE', party.offer, cseq=d.cseq, branch_=d.invite[d.cseq])
        seen, source = party.provider.recv(0.5)
        if seen:
            break
    equal('the repeated one has the same port', party.at, Message(seen, source).sdp.at)


class Joining(TcpAgent):
    """What it is to send may leave in one segment with what comes next."""

    kept = None

    def send(self, data, to=None):
        if self.kept is None:
            super().send(data, to)
        else:
            self.kept += data


def over_tcp(party):
    """The phone goes on over a connection of TCP."""
    a, b, _ = tcp_connection((PHONE, next(ports)), (PROVIDER, SIP_PORT))
    party.call.caller.agent = party.phone = Joining('lan', a)
    party.provider = TcpAgent('wan', b, 'for-alice')


def joined(party):
    """A segment with two messages, of which the second one needs a port."""
    party.phone.kept = b''
    party.call.caller.request('OPTIONS')
    party.call.caller.request('INVITE', party.offer)
    words, party.phone.kept = party.phone.kept, None
    party.phone.send(words)


def at_once_over_tcp():
    """over TCP: a re-INVITE that comes while connections are given"""
    party = too_early(joined, over_tcp)
    options = party.provider.take('OPTIONS')
    invite = party.provider.take('INVITE')
    equal('has the same port when its segment comes again', party.at, invite.sdp.at)
    check('its segment came again', tcp_info(party.phone.sock)[0])
    party.provider.reply(options, 200)
    party.phone.take(200)
    party.provider.reply(invite, 200, party.answer)
    party.phone.take(200)
    party.call.caller.ack()
    party.provider.take('ACK')
    party.talk('afterwards')
    party.end()
    equal('no byte came twice', b'', bytes(party.provider.buf))


def another_port():
    """a re-INVITE that names another port"""
    alice, bob = two()
    hand_over()
    port = alice.port + 10
    inside = Rtp('lan', PHONE, port)
    seen, _ = reoffer(alice.call.caller, alice.provider, sdp(PHONE, port, version=2), alice.answer)
    check('another one is published', seen.at not in (alice.at, bob.at) and seen.addr == ROUTER, seen.at)
    heard('in', alice.outside, seen.at, inside)
    bob.talk('the other phone')
    alice.end()
    check('the old one closes with the call', eventually(lambda: alice.at[1] not in waiting(), 20), waiting())


def port_of_another():
    """a re-INVITE names the number of another phone's published port"""
    alice, bob = two()
    hand_over()
    seen, _ = reoffer(bob.call.caller, bob.provider, sdp(PHONE2, alice.at[1] + 100, version=2), bob.answer)
    bob.inside, bob.at = Rtp('lan', PHONE2, alice.at[1] + 100), seen.at
    bob.talk('bob')
    seen, _ = reoffer(alice.call.caller, alice.provider, sdp(PHONE, bob.at[1] + 200, version=2), alice.answer)
    check('what is published is its own', seen.at != bob.at and seen.addr == ROUTER, seen.at, bob.at)


def from_outside():
    """a re-INVITE of the other side"""
    party = Party(PHONE, 'alice', next(ports), 2)
    party.connect()
    hand_over()
    _, answer = reoffer(party.call.callee, party.phone, sdp(*party.far, version=2), party.offer)
    equal('the answer has the same port', party.at, answer.at)
    party.talk('afterwards')


def refused():
    """a re-INVITE that is refused"""
    for status, left in ((488, 2), (481, 0)):
        in_router('conntrack', '-F')
        party = Party(PHONE, 'alice', next(ports), 2)
        party.connect()
        hand_over()
        d = party.call.caller
        d.request('INVITE', party.offer)
        invite = party.provider.take('INVITE')
        equal(f'{status}: the same port is published', party.at, invite.sdp.at)
        party.provider.reply(invite, status, contact=False)
        d.ack(response=party.phone.take(status))
        party.provider.take('ACK')
        equal(f'{status}: the call', 'up -' if left else 'ended refused', call_state(d))
        check(f'{status}: what waits', eventually(lambda n=left: len(media_waiting()) == n), media_waiting())


def made_up():
    """a re-INVITE of a call that does not exist"""
    s = Scene()
    d = s.phone.dial(s.provider.contact, s.provider.at)
    d.remote_header += ';tag=none'
    d.request('INVITE', s.offer)
    invite = s.provider.take('INVITE')
    equal('is published', ROUTER, invite.sdp.addr)
    equal('is half-open', 'trying -', call_state(d))
    s.provider.reply(invite, 481, contact=False)
    d.ack(response=s.phone.take(481))
    s.provider.take('ACK')
    equal('it ends', 'ended refused', call_state(d))
    equal('nothing waits', [], media_waiting())


def rings():
    """a call that rings"""
    party = Party(PHONE, 'alice', next(ports), 2)
    seen, _, _ = register(party.phone, party.provider)
    a = party.provider.dial(seen.contact, at_of(seen.contact))
    a.request('INVITE', party.answer)
    invite = party.phone.take('INVITE')
    party.phone.reply(invite, 180, tag='t1')
    party.provider.take(180)
    hand_over()
    party.phone.reply(invite, 200, party.offer, tag='t1')
    ok = party.provider.take(200)
    equal('its answer is published', ROUTER, ok.sdp.addr)
    a.learn(ok)
    a.ack()
    party.phone.take('ACK')
    party.at = ok.sdp.at
    heard('media, in', party.outside, party.at, party.inside)
    heard('media, out', party.inside, party.far, party.outside, party.at)
    equal('the call is up', 'up -', call_state(a))
    hang_up(a, party.phone)
    check('nothing waits 10 seconds after it', eventually(lambda: not media_waiting(), 20), media_waiting())


def hung_up():
    """a BYE is the first message"""
    for side in (0, 1):
        party = Party(PHONE, 'alice', next(ports), 2)
        party.connect()
        if side:
            party.talk('before')
        hand_over()
        check('something waits', media_waiting())
        if side:
            hang_up(party.call.callee, party.phone)
        else:
            party.end()
        check('nothing waits 10 seconds after it', eventually(lambda: not media_waiting(), 20), media_waiting())


def one_of_two_hung_up():
    """a BYE of one of two calls on one connection"""
    port = next(ports)
    party = Party(PHONE, 'alice', port, 2)
    party.connect()
    first = party.call
    party.offer, party.answer = sdp(PHONE, port + 20), sdp(PROVIDER, port + 22)
    party.connect()
    hand_over()
    hang_up(first.caller, party.provider)
    lives = [int(n) for n in re.findall(r'^(\d+) proto=17 .*dport=3', in_router('conntrack', '-L', 'expect'), re.M)]
    check('all that waits for media stays, for minutes', len(lives) == 4 and min(lives) > 60, lives)


def cancelled():
    """a 487 is the first message"""
    party = Party(PHONE, 'alice', next(ports), 2)
    d = party.phone.dial(party.provider.contact, party.provider.at)
    d.request('OPTIONS')
    party.provider.reply(party.provider.take('OPTIONS'), 200, tag='o')
    party.phone.take(200)
    d.request('INVITE', party.offer)
    invite = party.provider.take('INVITE')
    party.provider.reply(invite, 180, tag='t2')
    party.phone.take(180)
    hand_over()
    check('something waits', media_waiting())
    party.provider.reply(invite, 487, tag='t2', contact=False)
    party.phone.take(487)
    check('nothing waits 10 seconds after it', eventually(lambda: not media_waiting(), 20), media_waiting())


def inside_first():
    """the phone with the moved port sends first"""
    _, bob = two()
    hand_over()
    in_router('nft', 'insert', 'rule', 'inet', 'fw', 'forward', 'ip', 'saddr', PHONE2, 'accept')
    heard('out', bob.inside, bob.far, bob.outside, bob.at)
    heard('in', bob.outside, bob.at, bob.inside)


def answered_inside_first():
    """the answer comes by this router, and the phone sends first"""
    alice = Party(PHONE, 'alice', next(ports), 2)
    alice.connect()
    bob = Party(PHONE2, 'bob', alice.port, 4, OTHER)
    d = bob.phone.dial(bob.provider.contact, bob.provider.at)
    d.request('OPTIONS')
    bob.provider.reply(bob.provider.take('OPTIONS'), 200, tag='o')
    bob.phone.take(200)
    d.request('INVITE', bob.offer)
    invite = bob.provider.take('INVITE')
    bob.at = invite.sdp.at
    check('its port is moved', bob.at[1] != bob.port)
    hand_over()
    bob.provider.reply(invite, 200, bob.answer, tag='t3')
    bob.phone.take(200)
    heard('out, from the published port', bob.inside, bob.far, bob.outside, bob.at)
    heard('in', bob.outside, bob.at, bob.inside)
    unheard('nothing to an endpoint that nobody has announced', bob.inside, (OTHER, bob.far[1] + 10),
            Rtp('wan', OTHER, bob.far[1] + 10))


def bare():
    """expectations without class, NAT and function"""
    alice, bob = two()
    alice.talk('alice')
    hand_over(parts=BARE)
    before = stats()
    check('those of which nothing is known go', eventually(lambda: len(media_waiting()) == 1), media_waiting())
    heard('RTCP of the call that talks', Rtp('wan', PROVIDER, alice.far[1] + 1), (ROUTER, alice.at[1] + 1),
          Rtp('lan', PHONE, alice.port + 1))
    alice.talk('alice')
    in_router('nft', 'insert', 'rule', 'inet', 'fw', 'forward', 'ip', 'saddr', PHONE2, 'accept')
    seen = bob.offer_again()
    equal('bob is published', ROUTER, seen.addr)
    bob.at = seen.at
    bob.talk('bob')
    check('they are counted', stats()['expects_lost'] >= 2, moved(before))


def bare_registration():
    """a registration, without class, NAT and function"""
    phone, registrar = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
    seen, _, _ = register(phone, registrar)
    hand_over(parts=BARE)
    other = Agent('wan', OTHER, user='other')
    d = other.dial(seen.contact, at_of(seen.contact))
    d.request('OPTIONS')
    equal('another host reaches the phone', phone.contact, phone.take('OPTIONS').uri)


def long_life():
    """the life of a registration"""
    phone, registrar = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
    seen, _, d = register(phone, registrar, expires=7200)
    hand_over(seconds=7100)
    life = lambda: int(re.findall(r'^udp +17 (\d+) .*helper=sipalg', in_router('conntrack', '-L', '-p', 'udp'), re.M)[0])
    check('its connection has the time that was left', 7000 < life() <= 7100, life())
    a = registrar.dial(seen.contact, at_of(seen.contact))
    a.request('OPTIONS')
    phone.reply(phone.take('OPTIONS'), 200, tag='x')
    registrar.take(200)
    check('and keeps it with each packet', 7000 < life() <= 7100, life())
    waits = [int(t) for t in re.findall(r'^(\d+) proto=17 .*dport=5060', in_router('conntrack', '-L', 'expect'), re.M)]
    check('and so does what waits for calls', waits and min(waits) >= 7000, waits)


def alone(fn):
    """Nothing of an earlier scene is left in the kernel's tables."""
    @functools.wraps(fn)
    def play_it():
        in_router('conntrack', '-F')
        fn()
    return play_it


play(*map(alone, (while_they_talk, before_media, by_update, at_once, at_once_over_tcp, another_port, port_of_another, from_outside, refused,
                  made_up, rings, hung_up, one_of_two_hung_up, cancelled, answered_inside_first,
                  inside_first, bare, bare_registration, long_life)))

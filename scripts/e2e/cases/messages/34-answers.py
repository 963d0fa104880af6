# SPDX-License-Identifier: GPL-2.0
# Answers come to where a phone listens, though they are sent to where it sends from; and who was called hangs up
# from another port than it was called at. Nobody else gets in by that, and nothing is led to another host.
# tags: 6.12 6.1 7
# topo: masquerade ip6
# addr: lan 192.168.1.3/24
# addr: wan 203.0.113.4/24
# after: expectations bindings calls pinholes
"""Where answers and requests come that are not sent to what was published: to the port that a phone sends from
and does not listen on, and from another port than the other party was called at."""
from scene import *

THIRD = '203.0.113.4'       # a host outside that nobody has called


class OddPhone(Agent):
    """Sends from one port and listens on another, which Via and Contact name."""

    def __init__(self, addr, port, listens, named=None, more='', contact=None):
        super().__init__('lan', addr, port, contact=f'sip:alice@{host(addr)}:{contact or listens}')
        self.named = f'{host(addr)}:{listens}' if named is None else named
        self.more = more

    def via(self, branch_=None):
        return f'SIP/2.0/UDP {self.named}{self.more};branch={branch_ or branch()}'


class Six:
    """The scene over IPv6."""

    def __init__(self, s):
        self.provider = Agent('wan', PROVIDER6, user='sbc')
        self.inside, self.outside = Rtp('lan', PHONE6, s.port), Rtp('wan', PROVIDER6, s.port + 2)
        self.offer, self.answer, self.far = sdp(PHONE6, s.port), sdp(PROVIDER6, s.port + 2), (PROVIDER6, s.port + 2)
    talk = Scene.talk


def silent(what, *sockets):
    for s in sockets:
        data, _ = s.recv(QUIET)
        check(f'{what}: nothing comes to {s}', data is None, data)


def answered(s, phone, listener, body=None):
    """A call whose answers are sent to where the INVITE came from: (dialog, the callee's, INVITE)."""
    d = phone.dial(s.provider.contact, s.provider.at)
    d.request('INVITE', s.offer)
    invite = s.provider.take('INVITE')
    s.provider.reply(invite, 180, tag='an')
    ringing = listener.take(180)
    equal('the 180 comes from the provider', s.provider.at, ringing.source)
    equal('and has the Via as it was', phone.via(d.invite[1]), ringing['via'])
    s.provider.reply(invite, 200, s.answer, tag='an')
    ok = listener.take(200)
    equal('the 200 too', phone.via(d.invite[1]), ok['via'])
    equal('its description is as it was', s.answer, ok.body.decode())
    d.learn(ok)
    d.ack()
    s.provider.take('ACK')
    s.talk(invite.sdp.at)
    return d, s.provider.dialog_of(invite, 'an'), invite


def ends(s, d, far, listener):
    """The callee asks and hangs up over the phone's own connection."""
    for method in ('INFO', 'BYE'):
        far.request(method)
        request = listener.take(method)
        equal(f'{method} comes to the port of the Contact, as it was', d.agent.contact, request.uri)
        listener.reply(request, 200, contact=False)
        s.provider.take(200)
    equal('the call has ended', 'ended hung-up', call_state(d))


def listens_elsewhere(s, addr, six=False):
    phone, listener = OddPhone(addr, 5062, 5074), Agent('lan', addr, 5074)
    d, far, _ = answered(s, phone, listener)
    ends(s, d, far, listener)
    d, far, _ = answered(s, phone, listener)
    d.request('BYE')
    bye = s.provider.take('BYE')
    s.provider.reply(bye, 200, contact=False)
    listener.take(200)
    silent('all the time', phone)


@scene
def via_port(s):
    """answers to the port that a phone sends from"""
    listens_elsewhere(s, PHONE)
    check('they are counted', s.moved('led_to_via') >= 7, s.moved('led_to_via'))


@scene
def via_port_ip6(s):
    """the same over IPv6"""
    listens_elsewhere(Six(s), PHONE6)


@scene
def default_port(s):
    """a Via without a port means 5060"""
    phone = OddPhone(PHONE, 5063, SIP_PORT, named=PHONE)
    d, far, _ = answered(s, phone, s.phone)
    ends(s, d, far, s.phone)
    silent('all the time', phone)


@scene
def registers(s):
    """a REGISTER"""
    phone, listener = OddPhone(PHONE, 5062, 5075), Agent('lan', PHONE, 5075)
    d = phone.dial('sip:example.com', s.provider.at)
    for status, expires in ((401, 600), (200, 600), (200, 0)):
        d.request('REGISTER', headers=[('Contact', f'<{phone.contact}>'), ('Expires', str(expires))], contact=False)
        seen = s.provider.take('REGISTER')
        granted = [('Contact', f'{seen["contact"]};expires={expires}')] if status == 200 and expires else []
        s.provider.reply(seen, status, tag='rg', contact=False, headers=granted)
        ok = listener.take(status)
        if granted:
            equal('its Contact is given back', phone.contact, ok.contact)
            s.provider.dial('sip:alice@example.com', seen.source).request('OPTIONS')
            equal('a request of which nothing changes comes there', 'sip:alice@example.com',
                  listener.take('OPTIONS').uri)
    silent('all the time', phone)


def stays(s, what, phone, *others):
    """An OPTIONS is answered, and the answer comes to where it was sent from."""
    d = phone.dial(s.provider.contact, s.provider.at)
    d.request('OPTIONS')
    s.provider.reply(s.provider.take('OPTIONS'), 200, tag='st')
    phone.take(200)
    silent(what, *others)


@scene
def not_led(s):
    """what is not led anywhere else"""
    listener, neighbour = Agent('lan', PHONE, 5076), Agent('lan', PHONE2, 5076)
    low = Agent('lan', PHONE, 1023)
    stays(s, 'a Via with rport', OddPhone(PHONE, 5061, 5076, more=';rport'), listener)
    stays(s, "another host's Via", OddPhone(PHONE, 5062, 5076, named=f'{PHONE2}:5076'), listener, neighbour)
    stays(s, 'a port below 1024', OddPhone(PHONE, 5063, 1023), low)
    stays(s, 'a name', OddPhone(PHONE, 5064, 5076, named='phone.example.org:5076'), listener)
    equal('none was', 0, s.moved('led_to_via'))


@scene
def only_sip(s):
    """what is no message comes to the port that it was sent to"""
    phone, listener = OddPhone(PHONE, 5065, 5077), Agent('lan', PHONE, 5077)
    d = phone.dial(s.provider.contact, s.provider.at)
    d.request('OPTIONS')
    options = s.provider.take('OPTIONS')
    s.provider.reply(options, 200, tag='os')
    listener.take(200)
    for data in (b'\r\n\r\n', b'\0', b'SIP/2.0 200 OK\r\nVia: broken\r\n\r\n'):
        s.provider.send(data, options.source)
        equal(f'{data!r}', data, phone.recv()[0])
    silent('these', listener)


@scene
def contact_at_source(s):
    """a Contact at the port that the phone sends from"""
    phone, listener = OddPhone(PHONE, 5066, 5078, contact=5066), Agent('lan', PHONE, 5078)
    d, far, _ = answered(s, phone, listener)
    ends(s, d, far, phone)


@scene
def turned_again(s):
    """a phone that takes rport up"""
    phone, listener = OddPhone(PHONE, 5067, 5079), Agent('lan', PHONE, 5079)
    d = phone.dial(s.provider.contact, s.provider.at)
    for more, where in (('', listener), (';rport', phone), ('', listener)):
        phone.more = more
        d.request('OPTIONS')
        s.provider.reply(s.provider.take('OPTIONS'), 200, tag='ta')
        where.take(200)
    silent('all the time', phone, listener)


# --- from another port ----------------------------------------------------------------------------


def bye_from(what, far, by, phone, d, to):
    far.agent, far.to = by, to
    far.request('BYE')
    bye = phone.take('BYE')
    equal(f'{what}: the Request-URI is what the phone wrote', phone.contact, bye.uri)
    phone.reply(bye, 200, contact=False)
    by.take(200)
    equal(f'{what}: the call has ended', 'ended hung-up', call_state(d))


def knocks(what, by, at, *phones):
    """Whatever somebody sends there does not come in."""
    d = by.dial(f'sip:alice@{host(at[0])}:{at[1]}', at)
    for method in ('OPTIONS', 'BYE'):
        d.request(method)
    silent(what, *phones)


@scene
def another_port(s):
    """the callee hangs up from another port"""
    call = s.connect()
    s.talk(call.offer.at)
    at = at_of(call.invite.contact)
    check('its way in waits', at[1] in waiting(), waiting())
    knocks('a stranger', Agent('wan', OTHER, 5090, user='mallory'), at, s.phone)
    for i in (2, 3):
        reoffer(call.caller, s.provider, sdp(PHONE, s.port, version=i), sdp(PROVIDER, s.port + 2, version=i))
    equal('one way in, and two of media', 3, s.moved('pinholes_opened'))
    bye_from('BYE', call.callee, Agent('wan', PROVIDER, 5099), s.phone, call.caller, at)
    equal('it is closed with the call', [], waiting())
    knocks('then', Agent('wan', PROVIDER, 5098), at, s.phone)


@scene
def caller_hangs_up(s):
    """the caller hangs up, after a request from another port"""
    call = s.connect()
    by, at = Agent('wan', PROVIDER, 5097), at_of(call.invite.contact)
    call.callee.agent, call.callee.to = by, at
    call.callee.request('INFO')
    s.phone.reply(s.phone.take('INFO'), 200)
    by.take(200)
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)
    equal('it is closed with the call', [], waiting())


@scene
def contact_without_port(s):
    """a Contact without a port"""
    s.phone.contact = f'sip:alice@{PHONE}'
    call = s.connect()
    s.talk(call.offer.at)
    bye_from('BYE', call.callee, Agent('wan', PROVIDER, 5096), s.phone, call.caller, at_of(call.invite.contact))


@scene
def refused(s):
    """a call that is refused"""
    d, invite = s.invite()
    check('its way in waits', at_of(invite.contact)[1] in waiting(), waiting())
    s.provider.reply(invite, 486, tag='re', contact=False)
    d.ack(response=s.phone.take(486))
    s.provider.take('ACK')
    equal('it is closed', [], waiting())


@scene
def trunk(s):
    """many calls share one"""
    dialogs = []
    for i in range(6):
        d, invite = s.invite(sdp(PHONE, s.port + 4 * i))
        s.provider.reply(invite, 200, s.answer, tag=f't{i}')
        d.learn(s.phone.take(200))
        d.ack()
        s.provider.take('ACK')
        dialogs.append((d, s.provider.dialog_of(invite, f't{i}'), at_of(invite.contact)))
    equal('one way in', 1 + 12, s.moved('pinholes_opened'))
    by = Agent('wan', PROVIDER, 5095)
    for i, (d, far, at) in enumerate(dialogs):
        check('it waits', at[1] in waiting(), waiting())
        bye_from(f'call {i}', far, by, s.phone, d, at)


@scene
def two_peers(s):
    """two calls from one port to two hosts"""
    first = s.connect()
    other = Agent('wan', OTHER, user='other')
    second = connect(s.phone, other, sdp(PHONE, s.port + 6), sdp(OTHER, s.port + 8))
    at = at_of(second.invite.contact)
    if not check('both publish the same', at == at_of(first.invite.contact), second.invite.contact):
        return
    s.talk(first.offer.at)
    knocks('a third host', Agent('wan', THIRD, 5090, user='mallory'), at, s.phone)
    check('it is counted', s.moved('caller_refused') >= 2, s.moved('caller_refused'))
    bye_from('the first', first.callee, Agent('wan', PROVIDER, 5094), s.phone, first.caller, at)
    knocks('a third host, later', Agent('wan', THIRD, 5091, user='mallory'), at, s.phone)
    bye_from('the second', second.callee, Agent('wan', OTHER, 5094), s.phone, second.caller, at)


@scene
def two_phones(s):
    """two phones that NAT gives one port"""
    first = s.connect()
    phone, other = Agent('lan', PHONE2), Agent('wan', OTHER, user='other')
    second = connect(phone, other, sdp(PHONE2, s.port), sdp(OTHER, s.port + 8))
    equal('nothing failed for the second', 0, s.moved('pinholes_no_port'))
    bye_from('the first', first.callee, Agent('wan', PROVIDER, 5093), s.phone, first.caller, at_of(first.invite.contact))
    hang_up(second.callee, phone)


@scene
def registered(s):
    """a registered phone"""
    seen, _, reg = register(s.phone, s.provider)
    other = Agent('wan', OTHER, user='other')
    call = connect(s.phone, other, s.offer, sdp(OTHER, s.port + 8))
    at = at_of(call.invite.contact)
    equal('its call shares the way in of its registration', seen.contact, call.invite.contact)
    register(s.phone, s.provider, expires=0, dialog=reg)
    check('the call keeps it', at[1] in waiting(), waiting())
    knocks('but nobody else', Agent('wan', THIRD, 5092, user='mallory'), at, s.phone)
    bye_from('BYE', call.callee, Agent('wan', OTHER, 5092), s.phone, call.caller, at)
    equal('it is closed with the call', [], waiting())


@scene
def registers_later(s):
    """a phone that registers during a call"""
    call = s.connect()
    at = at_of(call.invite.contact)
    knocks('before it', Agent('wan', THIRD, 5094, user='mallory'), at, s.phone)
    caller = Agent('wan', OTHER, 5095, user='carol')
    seen, _, reg = register(s.phone, s.provider)
    equal('it is the same way in', at, at_of(seen.contact))
    c = caller.dial(seen.contact, at)
    c.request('OPTIONS')
    options = s.phone.take('OPTIONS')
    equal('others come in then', s.phone.contact, options.uri)
    register(s.phone, s.provider, expires=0, dialog=reg)
    knocks('after it', Agent('wan', THIRD, 5093, user='mallory'), at, s.phone)
    bye_from('BYE', call.callee, Agent('wan', PROVIDER, 5092), s.phone, call.caller, at)


play(via_port, via_port_ip6, default_port, registers, not_led, only_sip, contact_at_source, turned_again,
     another_port, caller_hangs_up, contact_without_port, refused, trunk, two_peers, two_phones, registered,
     registers_later)

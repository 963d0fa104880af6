# SPDX-License-Identifier: GPL-2.0
# A phone sends from one port and wants to be reached on another: responses by a Via without rport,
# requests of the dialog, and calls after a REGISTER come to that port, as long as they may.
# topo: masquerade
# addr: lan 192.168.1.3/24
# after: expectations calls pinholes
from scene import *


class OddPhone(Agent):
    """Sends from one port; Via, without rport, and Contact name another."""

    def __init__(self, addr, port, listens, **how):
        super().__init__('lan', addr, port, contact=f'sip:alice@{addr}:{listens}', **how)
        self.listens = listens

    def via(self, branch_=None):
        return f'SIP/2.0/UDP {self.addr}:{self.listens};branch={branch_ or branch()}'


def sent_by(request):
    """Where RFC 3261 18.2.2 sends the response to: the source address, the port of the Via."""
    return request.source[0], int(re.search(r':(\d+);', request['via']).group(1))


def stranger(port):
    return Agent('wan', OTHER, port, user='mallory')


def does_not_reach(what, listener, by, at):
    by.dial(f'sip:alice@{host(at[0])}:{at[1]}', at).request('OPTIONS')
    data, _ = listener.recv(QUIET)
    check(what, data is None, data)


def call_from(s, listens):
    """A call of an odd phone, its BYE from outside: (the phone, what listens, where it was published)."""
    phone, listener = OddPhone(PHONE, 5062, listens), s.phone if listens == SIP_PORT else Agent('lan', PHONE, listens)
    d = phone.dial(s.provider.contact, s.provider.at)
    d.request('INVITE', s.offer)
    invite = s.provider.take('INVITE')
    check('no private address is published', PHONE.encode() not in invite.data, invite.data.decode())
    at = at_of(invite.contact)
    equal('Contact is on the router', ROUTER, at[0])
    equal('Via names the same port', at, sent_by(invite))
    check('a way in waits there', at[1] in waiting(), waiting())
    s.provider.reply(invite, 180, tag='cp', to=sent_by(invite))
    ringing = listener.take(180)
    equal('the 180 comes to the port of the Via', d.agent.via(d.invite[1]), ringing['via'])
    s.provider.reply(invite, 200, s.answer, tag='cp', to=sent_by(invite))
    ok = listener.take(200)
    equal('the 200 too', d.agent.via(d.invite[1]), ok['via'])
    d.learn(ok)
    d.ack()
    s.provider.take('ACK')
    s.talk(invite.sdp.at)
    far = s.provider.dialog_of(invite, 'cp')
    far.to = at
    return d, far, listener, at


def from_outside(s, d, far, listener):
    """A request of the dialog from outside, and the answer from where it was received."""
    far.request('INFO')
    info = listener.take('INFO')
    equal('INFO comes to the Contact, as it was', d.agent.contact, info.uri)
    listener.reply(info, 200)
    s.provider.take(200)
    far.request('BYE')
    bye = listener.take('BYE')
    equal('BYE comes to the Contact, as it was', d.agent.contact, bye.uri)
    listener.reply(bye, 200, contact=False)
    s.provider.take(200)
    equal('the call has ended', 'ended hung-up', call_state(d))


@scene
def default_port(s):
    """sends from 5062, listens on 5060"""
    d, far, listener, at = call_from(s, SIP_PORT)
    from_outside(s, d, far, listener)
    equal('the way in is closed', [], waiting())
    does_not_reach('nobody else gets there', listener, stranger(5090), at)


@scene
def another_port(s):
    """sends from 5062, listens on 5074"""
    d, far, listener, at = call_from(s, 5074)
    check('the port is kept where it is free', at[1] == 5074, at)
    from_outside(s, d, far, listener)
    equal('the way in is closed', [], waiting())
    does_not_reach('nobody else gets there', listener, stranger(5091), at)


@scene
def from_another_host(s):
    """the other party signals from another host"""
    d, far, listener, at = call_from(s, 5075)
    # a proxy that stayed out of the dialog: the callee itself asks
    far.agent = s.provider = Agent('wan', OTHER, user='sbc')
    from_outside(s, d, far, listener)


@scene
def refused(s):
    """a call that is refused"""
    phone = OddPhone(PHONE, 5062, 5076)
    listener = Agent('lan', PHONE, 5076)
    d = phone.dial(s.provider.contact, s.provider.at)
    d.request('INVITE', s.offer)
    invite = s.provider.take('INVITE')
    s.provider.reply(invite, 486, tag='re', contact=False, to=sent_by(invite))
    d.ack(response=listener.take(486))
    s.provider.take('ACK')
    equal('the call has ended', 'ended refused', call_state(d))
    equal('the way in is closed', [], waiting())


@scene
def two_calls(s):
    """two calls of one Contact"""
    d, far, listener, at = call_from(s, 5077)
    second = d.agent.dial(s.provider.contact, s.provider.at)
    second.request('INVITE', sdp(PHONE, s.port + 8))
    invite = s.provider.take('INVITE')
    equal('one way in for both', at, at_of(invite.contact))
    s.provider.reply(invite, 200, s.answer, tag='tc', to=sent_by(invite))
    second.learn(listener.take(200))
    second.ack()
    s.provider.take('ACK')
    from_outside(s, d, far, listener)
    check('it stays open for the second', at[1] in waiting(), waiting())
    other = s.provider.dialog_of(invite, 'tc')
    other.to = at
    from_outside(s, second, other, listener)


@scene
def same_contact_port(s):
    """two such phones of one NAT"""
    d, far, listener, at = call_from(s, 5078)
    phone, hears = OddPhone(PHONE2, 5062, 5078), Agent('lan', PHONE2, 5078)
    second = phone.dial(s.provider.contact, s.provider.at)
    second.request('INVITE', sdp(PHONE2, s.port))
    invite = s.provider.take('INVITE')
    check('each has a way in of its own', at_of(invite.contact) != at, invite.contact, at)
    s.provider.reply(invite, 200, s.answer, tag='sc', to=sent_by(invite))
    second.learn(hears.take(200))
    second.ack()
    s.provider.take('ACK')
    other = s.provider.dialog_of(invite, 'sc')
    other.to = at_of(invite.contact)
    from_outside(s, d, far, listener)
    from_outside(s, second, other, hears)


@scene
def registered(s):
    """REGISTER"""
    phone, listener = OddPhone(PHONE, 5062, 5079), Agent('lan', PHONE, 5079)

    def register_odd(expires):
        d.request('REGISTER', headers=[('Contact', f'<{phone.contact}>'), ('Expires', str(expires))], contact=False)
        seen = s.provider.take('REGISTER')
        granted = [('Contact', f'{seen["contact"]};expires={expires}')] if expires else []
        s.provider.reply(seen, 200, tag='rg', contact=False, headers=granted, to=sent_by(seen))
        return seen, listener.take(200)
    d = phone.dial('sip:example.com', s.provider.at)
    d.remote_header = f'<{phone.aor}>'
    seen, ok = register_odd(600)
    at = at_of(seen.contact)
    equal('the answer comes to the port of the Via', at, sent_by(seen))
    equal('Contact is given back', phone.contact, ok.contact)
    check('a way in waits', at[1] in waiting(), waiting())
    caller = Agent('wan', OTHER, 5092, user='carol')
    c = caller.dial(seen.contact, at)
    c.request('INVITE', sdp(OTHER, s.port + 2))
    invite = listener.take('INVITE')
    equal('a call comes to the Contact, as it was', phone.contact, invite.uri)
    listener.reply(invite, 200, s.offer, tag='rc')
    c.learn(caller.take(200))
    c.ack()
    listener.take('ACK')
    hang_up(c, listener)
    again, _ = register_odd(600)
    equal('a refresh publishes the same', seen.contact, again.contact)
    register_odd(0)
    check('expires=0 closes', at[1] not in waiting(), waiting())
    does_not_reach('and nobody calls in', listener, stranger(5093), at)


play(default_port, another_port, from_another_host, refused, two_calls, same_contact_port, registered)

# SPDX-License-Identifier: GPL-2.0
# A registered phone is reachable for the granted time, whatever the idle times of UDP are, by the
# registrar and by others; and not a moment longer.
# tags: smoke 6.12 6.1 7 uml
# topo: masquerade
# addr: lan 192.168.1.3/24
# after: bindings expectations
# zero: none failed: bindings_full pinholes_no_port commit_failed
import functools
from scene import at_of, idle_times
from sip import *


def called(phone, by, contact, at=None):
    """An INVITE and its 200: as the phone and as the caller saw them."""
    d = by.dial(contact, at or at_of(contact))
    d.request('INVITE')
    invite = phone.take('INVITE')
    phone.reply(invite, 200, sdp(phone.addr, 4000), tag='c')
    ok = by.take(200)
    d.learn(ok)
    d.ack()
    phone.take('ACK')
    hang_up(d, phone)
    return invite, ok


def reaches(what, phone, by, contact, own=None):
    invite, ok = called(phone, by, contact)
    equal(f'{what}: the Request-URI is the phone\'s own', own or phone.contact, invite.uri)
    check(f'{what}: the 200 is translated', PHONE.encode() not in ok.data, ok.data.decode())


def does_not_reach(what, phone, by, contact):
    by.dial(contact, at_of(contact)).request('INVITE')
    data, _ = phone.recv(QUIET)
    check(what, data is None, data)


def caller(port):
    """A caller that the phone has never talked to."""
    return Agent('wan', OTHER, port, user='carol')


def scene(fn):
    @functools.wraps(fn)
    def play_it():
        in_router('conntrack', '-F')
        phone, registrar = Agent('lan', PHONE), Agent('wan', PROVIDER, user='reg')
        fn(phone, registrar)
        equal('no binding is left', [], waiting())
    return play_it


@scene
def lives(phone, registrar):
    """a registration"""
    seen, ok, d = register(phone, registrar)
    equal('the registrar sees the mapping', f'sip:alice@{ROUTER}:5060', seen.contact)
    equal('the phone sees its own contact', phone.contact, ok.contact)
    equal('its Via is given back', seen['via'].replace(ROUTER, PHONE), ok['via'])
    equal('the pinhole waits', [5060], waiting())
    time.sleep(6.5)     # three times the idle time of UDP in this case; no call before, it would keep the flow
    check('the connection that registered is still there', in_router('conntrack', '-L', '-s', PHONE, '-d', PROVIDER))
    reaches('the registrar calls after the idle time', phone, registrar, seen.contact)
    reaches('a stranger calls after the idle time', phone, caller(5070), seen.contact)
    equal('the pinhole still waits', [5060], waiting())
    again, ok, d = register(phone, registrar, dialog=d)
    equal('a refresh publishes the same', seen.contact, again.contact)
    reaches('after the refresh', phone, caller(5071), seen.contact)
    register(phone, registrar, expires=0, dialog=d)
    equal('expires=0 closes', [], waiting())
    does_not_reach('and nobody calls in', phone, caller(5072), seen.contact)


@scene
def no_gap(phone, registrar):
    """a refresh that fails"""
    seen, _, d = register(phone, registrar, challenge=401)
    reaches('granted after 401', phone, caller(5080), seen.contact)
    for n, status in enumerate((401, 407, 423, 503)):
        register(phone, registrar, dialog=d, status=status)
        equal(f'{status} leaves the pinhole', [5060], waiting())
    reaches('after refusals', phone, caller(5081), seen.contact)
    d.request('REGISTER', headers=[('Contact', f'<{phone.contact}>'), ('Expires', '0')], contact=False)
    registrar.take('REGISTER')
    reaches('after a lost answer', phone, caller(5082), seen.contact)
    register(phone, registrar, dialog=d, contact='*', expires=0)
    equal('"Contact: *" closes', [], waiting())
    does_not_reach('and nobody calls in', phone, caller(5083), seen.contact)


@scene
def ends_by_time(phone, registrar):
    """a grant runs out"""
    setting('register_min', 1)
    setting('register_max', 2)
    register(phone, registrar)
    equal('it is open', [5060], waiting())
    check('and closed by time', eventually(lambda: not waiting()), waiting())
    setting('register_max', 86400)
    setting('register_min', 60)


@scene
def accounts(phone, registrar):
    """two accounts on one socket"""
    first, _, d1 = register(phone, registrar)
    phone.user, phone.contact, phone.aor = 'bob', f'sip:bob@{PHONE}:5060', 'sip:bob@example.com'
    second, _, d2 = register(phone, registrar)
    equal('one port for both', [at_of(first.contact)], [at_of(second.contact)])
    equal('one pinhole', [5060], waiting())
    reaches('the second', phone, caller(5090), second.contact)
    register(phone, registrar, expires=0, dialog=d2)
    equal('one goes, the pinhole stays', [5060], waiting())
    reaches('the first', phone, caller(5091), first.contact, f'sip:alice@{PHONE}:5060')
    phone.contact, phone.aor = f'sip:alice@{PHONE}:5060', 'sip:alice@example.com'
    register(phone, registrar, expires=0, dialog=d1)


@scene
def other_port(phone, registrar):
    """a contact on another port"""
    listens = Agent('lan', PHONE, 5070)
    phone.contact = listens.contact
    seen, ok, d = register(phone, registrar)
    check('is published at the router', at_of(seen.contact)[0] == ROUTER, seen.contact)
    equal('and given back to the phone', listens.contact, ok.contact)
    reaches('it is called there', listens, caller(5100), seen.contact)
    reaches('by the registrar too', listens, registrar, seen.contact)
    register(phone, registrar, expires=0, dialog=d)
    equal('closed', [], waiting())


@scene
def third_party(phone, registrar):
    """a contact of another host"""
    before = stats()
    victim = Agent('lan', PHONE2)
    seen, _, _ = register(phone, registrar, contact=f'sip:x@{PHONE2}:5060')
    equal('is as it was', f'sip:x@{PHONE2}:5060', seen.contact)
    equal('is counted', 1, moved(before).get('foreign_contact'))
    equal('opens nothing', [], waiting())
    does_not_reach('nobody gets there', victim, caller(5110), f'sip:x@{ROUTER}:5060')


@scene
def refused(phone, registrar):
    """a registration that is refused"""
    register(phone, registrar, status=403)
    equal('opens nothing', [], waiting())
    does_not_reach('nobody gets in', phone, caller(5120), f'sip:alice@{ROUTER}:5060')


@scene
def registrar_only(phone, registrar):
    """signalling_source=registrar"""
    setting('signalling_source', 'registrar')
    seen, _, d = register(phone, registrar)
    does_not_reach('a stranger does not get in', phone, caller(5130), seen.contact)
    reaches('the registrar does, from any port', phone, Agent('wan', PROVIDER, 5070), seen.contact)
    register(phone, registrar, expires=0, dialog=d)
    setting('signalling_source', 'any')


idle_times(2, 2)
play(lives, no_gap, ends_by_time, accounts, other_port, third_party, refused, registrar_only)

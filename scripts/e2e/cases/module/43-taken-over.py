# SPDX-License-Identifier: GPL-2.0
# The router takes over the connections of another one, as conntrackd hands them over: nothing is known of what their
# messages have published, nor of the offsets of TCP. What comes for a phone is led back all the same, and no byte of a
# stream is ever wrong.
# limit: 240
# tags: 6.12 6.1 7
# topo: masquerade
# with: tcp_addresses
from handover import *
from raw import *
from scene import *


def asked(far, near, dialog, uri, method, **how):
    """A request of outside, as the phone sees it."""
    dialog.request(method, **how)
    seen = near.take(method)
    equal(f'{method}: its Request-URI is the phone\'s own', uri, seen.uri)
    return seen


def register(phone, registrar, contact=None):
    d = phone.dial(f'sip:{registrar.addr}', registrar.at)
    d.remote_header = f'<{phone.aor}>'
    d.request('REGISTER', headers=[('Contact', f'<{contact or phone.contact}>'), ('Expires', '600')], contact=False)
    seen = registrar.take('REGISTER')
    registrar.reply(seen, 200, tag='rg', contact=False, headers=[('Contact', f'<{seen.contact}>;expires=600')])
    phone.take(200)
    return seen.contact


def called(registrar, phone, contact, uri, what):
    d = registrar.dial(contact, at_of(contact))
    asked(registrar, phone, d, uri, 'OPTIONS')
    invite = asked(registrar, phone, d, uri, 'INVITE', body=sdp(PROVIDER, 30000))
    phone.reply(invite, 200, sdp(PHONE, 30100), tag='c1')
    ok = registrar.take(200)
    equal(f'{what}: its answer names the published contact', contact, ok.contact)
    equal(f'{what}: and the published address', ROUTER, ok.sdp.addr)
    d.learn(ok)
    d.ack()
    phone.take('ACK')
    asked(registrar, phone, d, uri, 'BYE')
    return d


def of_a_registration():
    """a phone that has registered"""
    phone, registrar = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
    contact = register(phone, registrar)
    equal('one connection is handed over', 1, hand_over())
    called(registrar, phone, contact, phone.contact, 'before the next REGISTER')
    equal('the same contact is published by the next one', contact, register(phone, registrar))
    called(registrar, phone, contact, phone.contact, 'and after it')


def of_a_public_contact():
    """a phone that has registered its public address by itself"""
    phone, registrar = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
    own = f'sip:{phone.user}@{ROUTER}:{SIP_PORT}'
    equal('it stays as it is', own, register(phone, registrar, own))
    hand_over()
    register(phone, registrar, own)
    d = registrar.dial(own, (ROUTER, SIP_PORT))
    asked(registrar, phone, d, own, 'OPTIONS')


def of_a_call():
    """a call that the phone has made"""
    s = Scene()
    call = s.connect()
    hand_over()
    asked(s.provider, s.phone, call.callee, s.phone.contact, 'INFO')
    asked(s.provider, s.phone, call.callee, s.phone.contact, 'BYE')


def of_tcp():
    """a stream of TCP"""
    for what, first in (('that has changed in length', True), ('on which nothing was said', False)):
        w = Wire(first=first)
        w.server.acked = w.server.end()
        hand_over()
        w.phone.send(w.p, b'OPTIONS sip:x@example.com SIP/2.0\r\n', ACK_ | PSH)
        is_ended(f'one {what}, the phone', w.phone, w.server)
        w.server.send(0, b'OPTIONS sip:x@example.com SIP/2.0\r\n', ACK_ | PSH)
        is_ended(f'one {what}, the server', w.server, w.phone)
        again = Wire(port=w.real[1], iss=(900000, 5000))
        again.passes('a new connection from the same port is read: a message', again.next(), [100])


play(of_a_registration, of_a_public_contact, of_a_call, of_tcp)

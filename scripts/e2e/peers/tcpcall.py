# SPDX-License-Identifier: GPL-2.0
"""Registration, a call out and a call in, all over one TCP connection, with media both ways.

tcpcall.py nat|routed 4|6 [PORT]; routed: what is sent is what is seen.
"""
import sys
from tcp import *

routed, six = sys.argv[1] == 'routed', sys.argv[2] == '6'
port = int(sys.argv[3]) if len(sys.argv) > 3 else SIP_PORT
router_at, far_at = (ROUTER6, PROVIDER6) if six else (ROUTER, PROVIDER)


def hidden(what, addr, seen, sent=None):
    """No address of the phone is in what the provider sees; routed: it is what was sent."""
    if not routed:
        check(f'no address of the phone is in the {what}', host(addr).encode() not in seen.data, seen.data.decode())
    elif sent:
        equal(f'the {what} is as it was', sent, seen.data)


def whole(addr):
    before, mapped_at = stats(), addr if routed else router_at
    s = TcpScene(addr, far_at, port)
    phone, provider, d = s.phone, s.provider, None
    flow = [f for f in tcp_flows('-f', 'ipv6' if six else 'ipv4') if f'sport={s.port} dport={port} ' in f]
    check('its connection has the helper', len(flow) == 1 and 'helper=sipalg' in flow[0], *flow)
    check('and is mapped as it is seen', f'dst={mapped_at} sport={port} dport={phone.seen_as[1]} ' in flow[0], *flow)

    seen, ok, d = register(phone, provider)
    published = f'sip:alice@{host(mapped_at)}:{phone.seen_as[1]};transport=tcp'
    equal('the registrar sees the mapping', published, seen.contact)
    equal('the phone sees its own contact', phone.contact, ok.contact)
    equal('its Via is given back', phone.via('x').partition(';')[0], ok['via'].partition(';')[0])
    hidden('REGISTER', addr, seen)

    call = s.connect()
    hidden('INVITE', addr, call.invite)
    equal('the offer is published', (mapped_at, s.port), call.offer.at)
    equal('the Contact is the connection\'s mapping', published, call.invite.contact)
    equal('the answer comes as it was', s.answer, call.answer.text)
    # routed, the provider's media has pinholes too
    equal('the pinholes wait', list(range(s.port, s.port + (4 if routed else 2))), media_waiting())
    listed = calls().get(call.caller.call_id[:64])
    check('the call is listed', listed and listed[1] == 'up', listed)
    s.talk(call.offer.at)
    hang_up(call.caller, provider)
    equal('its end closes them', [], media_waiting())
    equal('the call has ended', 'ended hung-up', call_state(call.caller))

    # in, by the same connection
    c = provider.dial(seen.contact, None)
    c.request('INVITE', s.answer)
    invite = phone.take('INVITE')
    equal('called in: the Request-URI is the phone\'s own', phone.contact, invite.uri)
    phone.reply(invite, 180, tag='in')
    provider.take(180)
    sent = phone.reply(invite, 200, s.offer, tag='in')
    ok = provider.take(200)
    hidden('200', addr, ok, sent)
    equal('called in: the answer is published', mapped_at, ok.sdp.addr)
    c.learn(ok)
    c.ack()
    phone.take('ACK')
    s.talk(ok.sdp.at, 'called in: media')
    hang_up(c, phone)
    callee = phone.dialog_of(invite, 'in')
    check('called in: the call has ended', call_state(callee) == 'ended hung-up', call_state(callee))
    register(phone, provider, expires=0, dialog=d)
    equal('no pinhole is left', ([], []), (media_waiting(), tcp_waiting()))
    m = moved(before)
    equal('counted: calls, bindings', [2, 2, 1, 1], [m.get(n, 0) for n in
          ('calls_added', 'calls_ended', 'bindings_added', 'bindings_ended')])
    equal('counted: messages', [8, 8], [m.get(n, 0) for n in ('requests', 'responses')])
    equal('counted: pinholes that opened and closed', m.get('pinholes_opened', 0), m.get('pinholes_closed', 1))


def same_length():
    """a phone"""
    whole(PHONE6 if six else PHONE)


def grows():
    """a phone with a short address"""
    whole(GROWS)


def shrinks():
    """a phone with a long address"""
    whole(SHRINKS)


def two_phones():
    """two phones with one port of their own"""
    first, provider = tcp_pair((PHONE, 5060))
    second, other_end = tcp_pair((PHONE2, 5060), users=('bob', 'sbc'))
    check('have different mappings', first.seen_as != second.seen_as, first.seen_as, second.seen_as)
    for phone, far in ((first, provider), (second, other_end)):
        seen, ok, d = register(phone, far)
        equal('each is published by its own', '%s:%d' % phone.seen_as, seen.contact.partition('@')[2].partition(';')[0])
        equal('each sees its own contact', phone.contact, ok.contact)
        media, outside = Rtp('lan', phone.addr, 4000), Rtp('wan', PROVIDER, next(_far))
        call = connect(phone, far, sdp(phone.addr, 4000), sdp(PROVIDER, outside.port))
        heard('hears', outside, call.offer.at, media)
        heard('is heard', media, (PROVIDER, outside.port), outside, call.offer.at)
        hang_up(call.callee, phone)
        register(phone, far, expires=0, dialog=d)


_far = itertools.count(6000)
play(*((same_length,) if six or routed or port != SIP_PORT else (same_length, grows, shrinks, two_phones)))

# SPDX-License-Identifier: GPL-2.0
"""Registration and calls out and in, of one family, routed or translated: routed|nat 4|6."""
import sys
from sip import *

routed, six = sys.argv[1] == 'routed', sys.argv[2] == '6'
phone_at, far_at, other_at = (PHONE6, PROVIDER6, OTHER6) if six else (PHONE, PROVIDER, OTHER)
mapped_at = phone_at if routed else ROUTER6 if six else ROUTER


def same(what, sent, seen):
    """Routed: what was sent is what is seen; translated: no own address is left, and the length is exact."""
    if routed:
        check(f'{what} is byte for byte the same', sent == seen.data, sent.decode(), seen.data.decode())
    else:
        check(f'{what} has no address of the phone', phone_at.encode() not in seen.data, seen.data.decode())


def media(call_at, inside, outside, first):
    """RTP and RTCP both ways through the firewall."""
    beside = call_at[0], call_at[1] + 1
    speakers = [(outside[0], call_at, inside[0]), (inside[0], (far_at, outside[0].port), outside[0], call_at)]
    speakers += [(outside[1], beside, inside[1]), (inside[1], (far_at, outside[1].port), outside[1], beside)]
    for speaker in speakers if first == 'outside' else [speakers[i] for i in (1, 0, 3, 2)]:
        heard(f'{first} speaks first, {speaker[0]}', *speaker)


def calls_of():
    """IPv4 or IPv6"""
    before = stats()
    phone, far = Agent('lan', phone_at), Agent('wan', far_at, user='sbc')
    pairs = [(Rtp('lan', phone_at, p), Rtp('wan', far_at, p + 10)) for p in (4000, 4001, 4020, 4021)]
    inside, outside = [a for a, _ in pairs], [b for _, b in pairs]

    seen, ok, d = register(phone, far)
    equal('the contact is published', f'sip:alice@{host(mapped_at)}:5060', seen.contact)
    equal('and given back', phone.contact, ok.contact)

    # out
    call = phone.dial(far.contact, far.at)
    sent = call.request('INVITE', sdp(phone_at, 4000))
    invite = far.take('INVITE')
    same('INVITE', sent, invite)
    equal('the offer is published', mapped_at, invite.sdp.addr)
    sent = far.reply(invite, 200, sdp(far_at, 4010), tag='o')
    ok = phone.take(200)
    check('the answer is as it was', sent.partition(b'\r\n\r\n')[2] == ok.body, ok.data.decode())
    call.learn(ok)
    sent = call.ack()
    same('ACK', sent, far.take('ACK'))
    media(invite.sdp.at, inside[:2], outside[:2], 'inside')
    sent = call.request('BYE')
    bye = far.take('BYE')
    same('BYE', sent, bye)
    far.reply(bye, 200)
    phone.take(200)

    # in, from a host that the phone has never talked to
    carol = Agent('wan', other_at, 5070, user='carol')
    call = carol.dial(seen.contact, (mapped_at, 5060))
    sent = call.request('INVITE', sdp(far_at, 4030))
    invite = phone.take('INVITE')
    equal('the Request-URI is the phone\'s own', phone.contact, invite.uri)
    if routed:
        same('INVITE from outside', sent, invite)
    sent = phone.reply(invite, 200, sdp(phone_at, 4020), tag='i')
    ok = carol.take(200)
    same('its 200', sent, ok)
    call.learn(ok)
    call.ack()
    phone.take('ACK')
    media(ok.sdp.at, inside[2:], outside[2:], 'outside')
    hang_up(call, phone)
    equal('no media pinhole is left', [], media_waiting())
    register(phone, far, expires=0, dialog=d)
    equal('no pinhole is left', [], waiting())
    equal('some packet was translated', not routed, bool(moved(before).get('translated')))
    stranger = Rtp('wan', other_at, 4010)
    unheard('then the firewall is closed', stranger, (mapped_at, 4000), inside[0])


def same_port_twice():
    """two calls with one port"""
    phone, far = Agent('lan', phone_at), Agent('wan', far_at, user='sbc')
    inside, outside = Rtp('lan', phone_at, 4100), Rtp('wan', far_at, 4110)
    up = [connect(phone, far, sdp(phone_at, 4100), sdp(far_at, p)) for p in (4110, 4120)]
    hang_up(up[1].caller, far)
    heard('the first still hears', outside, up[0].offer.at, inside)
    hang_up(up[0].caller, far)
    equal('no pinhole is left', [], waiting())


play(calls_of, same_port_twice)

# SPDX-License-Identifier: GPL-2.0
# The kernel forgets a UDP flow after 2 s; a call lives on: the other side's BYE and re-INVITE get in
# long after, and so does a call to a registered phone. What renews a call, and for how long.
# limit: 180
# topo: masquerade
# addr: lan 192.168.1.3/24
# after: expectations calls
from scene import *

SILENCE = 8.5


def left_s(dialog):
    return int(calls()[dialog.call_id[:64]][4])


@scene
def silence(s):
    """after 8 s without a word"""
    # each on a flow of its own, so that none renews another's
    phones = [s.phone, Agent('lan', PHONE2, user='bob'), Agent('lan', PHONE, 5064, user='carl'),
              Agent('lan', PHONE2, 5066, user='dora')]
    up = [connect(p, s.provider, sdp(p.addr, s.port + 4 * i), sdp(PROVIDER, s.port + 2)) for i, p in enumerate(phones[:3])]
    seen, _, d = register(phones[3], s.provider)
    media = [Rtp('lan', p.addr, s.port + 4 * i) for i, p in enumerate(phones[:3]) if i]
    time.sleep(SILENCE)
    equal('all calls are up', ['up -'] * 3, [call_state(c.caller) for c in up])

    hang_up(up[0].callee, phones[0])
    equal('the other side\'s BYE gets in', 'ended hung-up', call_state(up[0].caller))

    again, answered = reoffer(up[1].callee, phones[1], sdp(PROVIDER, s.port + 2, version=2), sdp(PHONE2, s.port + 4))
    equal('its re-INVITE gets in, the answer has the same port', up[1].offer.at, answered.at)
    heard('media after that, in', s.outside, up[1].offer.at, media[0])
    heard('and out', media[0], s.far, s.outside, up[1].offer.at)
    hang_up(up[1].callee, phones[1])

    refer = up[2].callee.request('INFO')
    info = phones[2].take('INFO')
    equal('its INFO gets in', phones[2].contact, info.uri)
    phones[2].reply(info, 200)
    check('and the answer out', s.provider.take(200)['cseq'] in refer.decode())
    heard('the first media of all, in', s.outside, up[2].offer.at, media[1])
    hang_up(up[2].caller, s.provider)

    caller = s.provider.dial(seen.contact, at_of(seen.contact))
    caller.request('INVITE', s.answer)
    invite = phones[3].take('INVITE')
    equal('a call to the registered phone gets in', phones[3].contact, invite.uri)
    phones[3].reply(invite, 200, sdp(PHONE2, s.port + 12), tag='rp')
    caller.learn(s.provider.take(200))
    caller.ack()
    phones[3].take('ACK')
    hang_up(caller, phones[3])
    register(phones[3], s.provider, expires=0, dialog=d)


def flow_left_s(phone):
    """How long the kernel would still keep the connection over which a phone signals."""
    text = in_router('conntrack', '-L', '-p', 'udp', '--orig-src', phone.addr, '--orig-port-src', str(phone.port))
    return int(text.split()[2])


@scene
def renewed(s):
    """the signalling connection is renewed without a word"""
    with settings(media_timeout=4):     # a quarter of it is the grain of renewal
        call = s.connect()
        before = flow_left_s(s.phone)
        time.sleep(5)
        check('it has as much time as at the beginning', flow_left_s(s.phone) >= before - 2, before, flow_left_s(s.phone))
        hang_up(call.caller, s.provider)
    seen, _, d = register(s.phone, s.provider)
    check('and with a registration as much as that has', flow_left_s(s.phone) >= 628, flow_left_s(s.phone))
    register(s.phone, s.provider, expires=0, dialog=d)


@scene
def ringing(s):
    """8 s of ringing"""
    d, invite = s.invite()
    s.provider.reply(invite, 180, tag='ri')
    s.phone.take(180)
    time.sleep(SILENCE)
    s.provider.reply(invite, 200, s.answer, tag='ri')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    equal('the answer gets in', 'up -', call_state(d))
    s.talk(invite.sdp.at)
    hang_up(d, s.provider)


@scene
def subscribed(s):
    """8 s after SUBSCRIBE"""
    d = s.phone.dial(s.provider.contact, s.provider.at)
    d.request('SUBSCRIBE', headers=[('Event', 'message-summary'), ('Expires', '600')])
    request = s.provider.take('SUBSCRIBE')
    s.provider.reply(request, 200, tag='su', headers=[('Expires', '600')])
    s.phone.take(200)
    time.sleep(SILENCE)
    s.provider.dialog_of(request, 'su').request('NOTIFY', headers=[('Event', 'message-summary'),
                                                                  ('Subscription-State', 'active')])
    equal('the NOTIFY gets in', s.phone.contact, s.phone.take('NOTIFY').uri)


def timed(s, seconds):
    """A call with a session timer."""
    d, invite = s.invite(headers=[('Session-Expires', str(seconds)), ('Supported', 'timer')])
    s.provider.reply(invite, 200, s.answer, tag='ti', headers=[('Session-Expires', f'{seconds};refresher=uac')])
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    return d, s.provider.dialog_of(invite, 'ti')


def refresh(dialog, other, method, seconds, body=''):
    dialog.request(method, body, headers=[('Session-Expires', str(seconds)), ('Supported', 'timer')])
    other.reply(other.take(method), 200, body, headers=[('Session-Expires', f'{seconds};refresher=uac')])
    dialog.agent.take(200)
    if method == 'INVITE':
        dialog.ack()
        other.take('ACK')


@scene
def session_timer(s):
    """session timer"""
    inside, outside = timed(s, 90)
    check('90 s and max(32, a third)', 118 <= left_s(inside) <= 122, left_s(inside))
    refresh(inside, s.provider, 'UPDATE', 300)
    check('UPDATE from inside: 300 s and a third', 395 <= left_s(inside) <= 400, left_s(inside))
    refresh(outside, s.phone, 'UPDATE', 600)
    check('UPDATE from outside: 600 s and a third', 795 <= left_s(inside) <= 800, left_s(inside))
    refresh(inside, s.provider, 'INVITE', 150, s.offer)
    check('re-INVITE: 150 s and a third', 195 <= left_s(inside) <= 200, left_s(inside))
    hang_up(outside, s.phone)


@scene
def not_refreshed(s):
    """what does not refresh a session timer"""
    inside, outside = timed(s, 90)
    time.sleep(3)
    before = left_s(inside)
    inside.request('INFO')
    s.provider.reply(s.provider.take('INFO'), 200)
    s.phone.take(200)
    s.talk((ROUTER, s.port))
    inside.request('UPDATE', headers=[('Session-Expires', '300')])
    s.provider.reply(s.provider.take('UPDATE'), 422, headers=[('Min-SE', '600')])
    s.phone.take(422)
    check('INFO, media, a refused UPDATE do not', left_s(inside) <= before, before, left_s(inside))
    hang_up(outside, s.phone)


@scene
def no_session_timer(s):
    """a call without session timer"""
    with settings(call_timeout=60, media_timeout=4):
        call = s.connect()

        def refreshes(what, act):
            check(f'{what}: the time runs', eventually(lambda: left_s(call.caller) <= 57), left_s(call.caller))
            act()
            check(f'{what}: it is full again', eventually(lambda: left_s(call.caller) >= 58, 3), left_s(call.caller))

        def info():
            call.callee.request('INFO')
            s.phone.reply(s.phone.take('INFO'), 200)
            s.provider.take(200)
        refreshes('re-INVITE', lambda: reoffer(call.caller, s.provider, s.offer, s.answer))
        refreshes('INFO', info)
        refreshes('media', lambda: s.talk(call.offer.at))
        hang_up(call.caller, s.provider)


idle_times(2, 2)
play(silence, renewed, ringing, subscribed, session_timer, not_refreshed, no_session_timer)

# SPDX-License-Identifier: GPL-2.0
# Transfers: REFER, its NOTIFYs, and a new call with Replaces, from inside and from outside; the end of
# the first call hurts nothing of the second.
# topo: masquerade
# addr: lan 192.168.1.3/24
# after: expectations calls
# zero: nothing failed: commit_failed pinholes_full out_of_dialog
from scene import *


def refer(dialog, other, target):
    """REFER, 202, NOTIFY with its end: the REFER as the other saw it, the other's half reports."""
    dialog.request('REFER', headers=[('Refer-To', f'<{target}>'), ('Referred-By', f'<{dialog.agent.contact}>')])
    seen = other.take('REFER')
    other.reply(seen, 202)
    dialog.agent.take(202)
    return seen


def notify(dialog, other, text):
    dialog.request('NOTIFY', headers=[('Event', 'refer'), ('Subscription-State', 'active')])
    other.reply(other.take('NOTIFY'), 200)
    dialog.agent.take(200)
    say(text)


def replaces(dialog):
    return f'{dialog.call_id};to-tag={dialog.remote_tag};from-tag={dialog.local_tag}'


@scene
def phone_is_sent(s):
    """the far side sends the phone on"""
    idle_times(300, 300)
    first = s.connect()
    s.talk(first.offer.at)
    seen = refer(first.callee, s.phone, f'sip:dora@{OTHER}')
    equal('Refer-To comes as it was', f'<sip:dora@{OTHER}>', seen['refer-to'])
    notify(first.caller, s.provider, '100')
    dora, hers = Agent('wan', OTHER, user='dora'), Rtp('wan', OTHER, s.port + 12)
    inside = Rtp('lan', PHONE, s.port + 4)
    second = connect(s.phone, dora, sdp(PHONE, s.port + 4), sdp(OTHER, s.port + 12))
    heard('the second call hears', hers, second.offer.at, inside)
    heard('and is heard', inside, (OTHER, s.port + 12), hers, second.offer.at)
    notify(first.caller, s.provider, '200')
    s.talk(first.offer.at, 'the first call is as it was, media')
    hang_up(first.callee, s.phone)
    equal('the first has ended, the second is up', ('ended hung-up', 'up -'),
          (call_state(first.caller), call_state(second.caller)))
    check('the first one\'s media ends', eventually(lambda: not flows(s.port), 8), *flows(s.port))
    heard('the second still hears', hers, second.offer.at, inside)
    heard('and is heard', inside, (OTHER, s.port + 12), hers, second.offer.at)
    hang_up(second.caller, dora)


@scene
def same_port(s):
    """the phone uses one media port for both calls"""
    first = s.connect()
    s.talk(first.offer.at)
    dora, hers = Agent('wan', OTHER, user='dora'), Rtp('wan', OTHER, s.port + 12)
    second = connect(s.phone, dora, s.offer, sdp(OTHER, s.port + 12))
    check('the second is published elsewhere', second.offer.at != first.offer.at, second.offer.at)
    heard('the second call hears', hers, second.offer.at, s.inside)
    heard('and is heard from its port', s.inside, (OTHER, s.port + 12), hers, second.offer.at)
    s.talk(first.offer.at, 'the first, too, media')
    hang_up(first.caller, s.provider)
    heard('after its end the second hears', hers, second.offer.at, s.inside)
    heard('and is heard', s.inside, (OTHER, s.port + 12), hers, second.offer.at)
    hang_up(second.callee, s.phone)


@scene
def phone_sends(s):
    """the phone sends the far side on, to another phone of its own"""
    bert, his = Agent('lan', PHONE2, user='bert'), Rtp('lan', PHONE2, s.port + 4)
    seen, _, d = register(bert, s.provider)
    first = s.connect()
    s.talk(first.offer.at)
    refer(first.caller, s.provider, 'sip:bert@example.com')
    second = connect(s.provider, bert, sdp(PROVIDER, s.port + 2), sdp(PHONE2, s.port + 4), uri=seen.contact,
                     to=at_of(seen.contact), tag='b')
    notify(first.callee, s.phone, '200')
    heard('the second phone hears', s.outside, second.answer.at, his)
    heard('and is heard', his, s.far, s.outside, second.answer.at)
    hang_up(first.caller, s.provider)
    equal('the first has ended, the second is up', ('ended hung-up', 'up -'),
          (call_state(first.caller), call_state(second.caller)))
    heard('the second phone still hears', s.outside, second.answer.at, his)
    hang_up(second.caller, bert)
    register(bert, s.provider, expires=0, dialog=d)


@scene
def attended(s):
    """attended: a call with Replaces takes the place of the first"""
    seen, _, d = register(s.phone, s.provider)
    first = s.connect()
    s.talk(first.offer.at)
    # dora calls the phone instead of the provider (RFC 3891): a new Call-ID, a new port
    dora, hers = Agent('wan', OTHER, user='dora'), Rtp('wan', OTHER, s.port + 12)
    value = replaces(first.callee)
    new = dora.dial(seen.contact, at_of(seen.contact))
    new.request('INVITE', sdp(OTHER, s.port + 12), headers=[('Replaces', value)])
    invite = s.phone.take('INVITE')
    equal('Replaces comes as it was', value, invite['replaces'])
    s.phone.reply(invite, 200, s.offer, tag='at')
    ok = dora.take(200)
    new.learn(ok)
    new.ack()
    s.phone.take('ACK')
    heard('the new call hears', hers, ok.sdp.at, s.inside)
    heard('and is heard', s.inside, (OTHER, s.port + 12), hers, ok.sdp.at)
    hang_up(first.caller, s.provider)
    equal('the replaced call has ended, the new one is up', ('ended hung-up', 'up -'),
          (call_state(first.caller), call_state(new)))
    heard('the new call still hears', hers, ok.sdp.at, s.inside)
    heard('and is heard', s.inside, (OTHER, s.port + 12), hers, ok.sdp.at)
    hang_up(new, s.phone)
    register(s.phone, s.provider, expires=0, dialog=d)


@scene
def pickup(s):
    """attended pick-up: another phone takes a ringing call with Replaces"""
    seen, _, d = register(s.phone, s.provider)
    c = s.provider.dial(seen.contact, at_of(seen.contact))
    c.request('INVITE', s.answer)
    invite = s.phone.take('INVITE')
    s.phone.reply(invite, 183, s.offer, tag='pu')
    early = s.provider.take(183)
    heard('early media', s.outside, early.sdp.at, s.inside)
    bert, his = Agent('lan', PHONE2, user='bert'), Rtp('lan', PHONE2, s.port + 4)
    value = f'{c.call_id};to-tag=pu;from-tag={c.local_tag};early-only'
    new = bert.dial(s.provider.contact, s.provider.at)
    new.request('INVITE', sdp(PHONE2, s.port + 4), headers=[('Replaces', value)])
    picked = s.provider.take('INVITE')
    equal('Replaces comes as it was', value, picked['replaces'])
    s.provider.reply(picked, 200, s.answer, tag='pk')
    new.learn(bert.take(200))
    new.ack()
    s.provider.take('ACK')
    heard('who picked it up hears', s.outside, picked.sdp.at, his)
    heard('and is heard', his, s.far, s.outside, picked.sdp.at)
    c.cancel()
    s.phone.reply(s.phone.take('CANCEL'), 200, tag='pu', contact=False)
    s.provider.take(200)
    s.phone.reply(invite, 487, tag='pu', contact=False)
    s.provider.take(487)
    equal('the ringing call has ended, the other is up', ('ended refused', 'up -'), (call_state(c), call_state(new)))
    heard('who picked it up still hears', s.outside, picked.sdp.at, his)
    hang_up(new, s.provider)
    register(s.phone, s.provider, expires=0, dialog=d)


play(phone_is_sent, same_port, phone_sends, attended, pickup)

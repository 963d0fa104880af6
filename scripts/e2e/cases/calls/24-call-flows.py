# SPDX-License-Identifier: GPL-2.0
# Offers and answers in every message that may carry one; calls that are refused, cancelled,
# challenged, forked, forgotten; what ends a call and what does not.
# tags: smoke 6.12 6.1 7 uml
# topo: masquerade
# with: tcp_addresses
# after: expectations calls pinholes
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port too_many_edits
from scene import *
from scene import _ports

flow = functools.partial(scene, left=media_waiting, says='no message was out of place')


# --- offers and answers -------------------------------------------------------------


@flow
def early_media(s):
    """early media"""
    d, invite = s.invite()
    s.provider.reply(invite, 183, s.answer, tag='em')
    progress = s.phone.take(183)
    equal('the 183 carries the answer', (PROVIDER, s.port + 2), progress.sdp.at)
    equal('the call rings', 'ringing -', call_state(d))
    s.talk(invite.sdp.at, 'early media')
    s.provider.reply(invite, 200, s.answer, tag='em')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    s.talk(invite.sdp.at, 'media after the answer')
    hang_up(d, s.provider)


@flow
def late_offer_out(s):
    """late offer, from outside"""
    d, invite = s.invite('')
    s.provider.reply(invite, 200, s.answer, tag='lo')
    d.learn(s.phone.take(200))
    equal('nothing waits before the answer', [], media_waiting())
    d.ack(s.offer)
    ack = s.provider.take('ACK')
    equal('the answer in the ACK is translated', ROUTER, ack.sdp.addr)
    s.talk(ack.sdp.at)
    hang_up(d, s.provider)


@flow
def late_offer_in(s):
    """late offer, from inside"""
    register(s.phone, s.provider)
    d = s.provider.dial(f'sip:alice@{ROUTER}:5060', (ROUTER, 5060))
    d.request('INVITE')
    invite = s.phone.take('INVITE')
    s.phone.reply(invite, 200, s.offer, tag='li')
    ok = s.provider.take(200)
    equal('the offer in the 200 is translated', ROUTER, ok.sdp.addr)
    d.learn(ok)
    d.ack(s.answer)
    ack = s.phone.take('ACK')
    equal('the Request-URI of the ACK is the phone\'s own', s.phone.contact, ack.uri)
    equal('the answer in the ACK is as it was', s.answer, ack.body.decode())
    s.talk(ok.sdp.at)
    hang_up(d, s.phone)
    register(s.phone, s.provider, expires=0)


@flow
def prack_offer(s):
    """offer in PRACK"""
    d, invite = s.invite()
    s.provider.reply(invite, 183, s.answer, tag='pr', headers=[('Require', '100rel'), ('RSeq', '1')])
    d.learn(s.phone.take(183))
    d.request('PRACK', sdp(PHONE, s.port + 4, version=2), headers=[('RAck', '1 1 INVITE')])
    prack = s.provider.take('PRACK')
    check('the offer is translated', prack.sdp.addr == ROUTER and prack.sdp.port != invite.sdp.port, prack.sdp.text)
    s.provider.reply(prack, 200, s.answer)
    s.phone.take(200)
    moved_to = Rtp('lan', PHONE, s.port + 4)
    heard('the new port hears', s.outside, prack.sdp.at, moved_to)
    heard('and is heard', moved_to, (PROVIDER, s.port + 2), s.outside, prack.sdp.at)
    s.provider.reply(invite, 200, tag='pr')
    s.phone.take(200)
    d.request('ACK', cseq=1)
    s.provider.take('ACK')
    hang_up(d, s.provider)


@flow
def update_port(s):
    """UPDATE with a new port"""
    call = s.connect()
    s.talk(call.offer.at)
    new, _ = reoffer(call.caller, s.provider, sdp(PHONE, s.port + 4, version=2), s.answer, 'UPDATE')
    check('a port of its own', new.addr == ROUTER and new.port != call.offer.port, new.text)
    moved_to = Rtp('lan', PHONE, s.port + 4)
    heard('the new port hears', s.outside, new.at, moved_to)
    heard('and is heard from there', moved_to, (PROVIDER, s.port + 2), s.outside, new.at)
    hang_up(call.caller, s.provider)


@flow
def session_refresh(s):
    """re-INVITE, same port"""
    call = s.connect()
    for n in (1, 2):
        again, _ = reoffer(call.caller, s.provider, s.offer, s.answer)
        equal(f'refresh {n} publishes the same port', call.offer.at, again.at)
    again, answered = reoffer(call.callee, s.phone, s.answer, s.offer)
    equal('a refresh from outside is as it was', s.answer, again.text)
    equal('its answer publishes the same port', call.offer.at, answered.at)
    equal('two pinholes for media in all, and one for the peer', 3, s.moved('pinholes_opened'))
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)


@flow
def refused_reinvite(s):
    """refused re-INVITE"""
    call = s.connect()
    call.caller.request('INVITE', sdp(PHONE, s.port + 4, version=2))
    again = s.provider.take('INVITE')
    s.provider.reply(again, 488, contact=False)
    call.caller.ack(response=s.phone.take(488))
    s.provider.take('ACK')
    equal('the call stays', 'up -', call_state(call.caller))
    s.talk(call.offer.at)
    hang_up(call.callee, s.phone)


def hold(s, on_hold):
    call = s.connect()
    s.talk(call.offer.at)
    held, _ = reoffer(call.caller, s.provider, on_hold, s.answer)
    back, _ = reoffer(call.caller, s.provider, sdp(PHONE, s.port, version=3), s.answer)
    equal('resumed at the same port', call.offer.at, back.at)
    s.talk(back.at, 'media after resume')
    hang_up(call.caller, s.provider)
    return call, held


@flow
def hold_sendonly(s):
    """hold, sendonly"""
    call, held = hold(s, sdp(PHONE, s.port, version=2, mode='sendonly'))
    equal('held at the same port', call.offer.at, held.at)
    check('a=sendonly stays', 'a=sendonly' in held.text)


@flow
def hold_zero(s):
    """hold, c=0.0.0.0"""
    _, held = hold(s, sdp(PHONE, s.port, version=2, conn='0.0.0.0'))
    equal('c= stays', '0.0.0.0', held.addr)
    equal('o= is translated', ROUTER, held.origin)


@flow
def two_streams(s):
    """two streams, one with a=rtcp"""
    offer = sdp(PHONE, s.port, s.port + 4, more=f'a=rtcp:{s.port + 7} IN IP4 {PHONE}\r\n')
    call = connect(s.phone, s.provider, offer, sdp(PROVIDER, s.port + 2, s.port + 6))
    first, second = call.offer.media
    check('each has its port', first[1] != second[1] and first[2] == second[2] == ROUTER, call.offer.text)
    second_in, rtcp_in = Rtp('lan', PHONE, s.port + 4), Rtp('lan', PHONE, s.port + 7)
    heard('the first hears', s.outside, (ROUTER, first[1]), s.inside)
    heard('the second hears', s.outside, (ROUTER, second[1]), second_in)
    check('a=rtcp is there', second[3] is not None, call.offer.text)
    heard('its RTCP hears', s.outside, (ROUTER, second[3]), rtcp_in)
    check('no private address is left', PHONE.encode() not in call.invite.body, call.offer.text)
    hang_up(call.caller, s.provider)


def other_length(addr):
    """A call of a phone whose address has another length than the one that stands for it."""
    phone, provider = Agent('lan', addr), Agent('wan', PROVIDER, user='sbc')
    port = next(_ports)
    inside, outside = Rtp('lan', addr, port), Rtp('wan', PROVIDER, port)
    before = stats()
    call = connect(phone, provider, sdp(addr, port), sdp(PROVIDER, port))   # looks at each Content-Length
    check('nothing private is left', addr.encode() not in call.invite.data, call.invite.data.decode())
    check('the answer has the phone\'s own Via', addr.encode() in call.ok.data, call.ok.data.decode())
    heard('it hears', outside, call.offer.at, inside)
    heard('and is heard', inside, call.answer.at, outside, call.offer.at)
    hang_up(call.callee, phone)
    equal('each packet was counted', 5, moved(before)['translated'])


def messages_grow():
    """a short address"""
    other_length('10.0.0.2')


def messages_shrink():
    """a long address"""
    other_length('192.168.1.200')


# --- calls that do not come about -----------------------------------------------------


def refused(s, status):
    d, invite = s.invite()
    equal('pinholes wait', [invite.sdp.port, invite.sdp.port + 1], media_waiting())
    s.provider.reply(invite, 180, tag='rf')
    s.phone.take(180)
    s.provider.reply(invite, status, tag='rf', contact=False)
    d.ack(response=s.phone.take(status))
    s.provider.take('ACK')
    equal('the call has ended', 'ended refused', call_state(d))
    unheard('nothing comes in', s.outside, invite.sdp.at, s.inside)


@flow
def busy(s):
    """486"""
    refused(s, 486)


@flow
def declined(s):
    """603"""
    refused(s, 603)


@flow
def cancelled(s):
    """CANCEL and 487"""
    d, invite = s.invite()
    s.provider.reply(invite, 180, tag='ca')
    s.phone.take(180)
    d.cancel()
    cancel = s.provider.take('CANCEL')
    s.provider.reply(cancel, 200, contact=False)
    s.phone.take(200)
    equal('CANCEL alone closes nothing', [invite.sdp.port, invite.sdp.port + 1], media_waiting())
    s.provider.reply(invite, 487, tag='ca', contact=False)
    d.ack(response=s.phone.take(487))
    s.provider.take('ACK')
    equal('the 487 does', 'ended refused', call_state(d))


@flow
def crossed(s):
    """CANCEL that comes too late"""
    d, invite = s.invite()
    d.cancel()
    cancel = s.provider.take('CANCEL')
    s.provider.reply(invite, 200, s.answer, tag='cr')
    s.provider.reply(cancel, 481, contact=False)
    d.learn(s.phone.take(200))
    s.phone.take(481)
    d.ack()
    s.provider.take('ACK')
    equal('the call is up', 'up -', call_state(d))
    s.talk(invite.sdp.at)
    hang_up(d, s.provider)


def challenged(s, status):
    d, first = s.invite()
    s.provider.reply(first, status, tag='ch', contact=False)
    d.ack(response=s.phone.take(status))
    s.provider.take('ACK')
    d.request('INVITE', s.offer, headers=[('Authorization', 'Digest username="alice", uri="sip:sbc@example.com"')])
    second = s.provider.take('INVITE')
    equal('the second INVITE publishes the same port', first.sdp.at, second.sdp.at)
    s.provider.reply(second, 200, s.answer, tag='c2')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    s.talk(second.sdp.at)
    equal('it is one call', 1, s.moved('calls_added'))
    hang_up(d, s.provider)


@flow
def unauthorized(s):
    """401"""
    challenged(s, 401)


@flow
def proxy_auth(s):
    """407"""
    challenged(s, 407)


@flow
def no_answer(s):
    """no answer at all"""
    setting('invite_timeout', 1)
    d, invite = s.invite()
    equal('pinholes wait', [invite.sdp.port, invite.sdp.port + 1], media_waiting())
    check('invite_timeout closes them', eventually(lambda: not media_waiting()), waiting())
    equal('and ends the call', 'ended no-answer', call_state(d))
    setting('invite_timeout', 32)


@flow
def rang_out(s):
    """ringing without end"""
    setting('ringing_timeout', 1)
    d, invite = s.invite()
    s.provider.reply(invite, 180, tag='ro')
    s.phone.take(180)
    check('ringing_timeout closes', eventually(lambda: not media_waiting()), waiting())
    equal('and ends the call', 'ended rang-out', call_state(d))
    setting('ringing_timeout', 210)


# --- forks --------------------------------------------------------------------------------


@flow
def forked_outside(s):
    """forked to two callees outside"""
    d, invite = s.invite()
    other = Rtp('wan', OTHER, s.port + 12)
    s.provider.reply(invite, 180, tag='f1')
    s.provider.reply(invite, 183, sdp(OTHER, s.port + 12), tag='f2')
    equal('both branches ring', {'f1', 'f2'}, {s.phone.take().tag('to') for _ in 'ab'})
    heard('early media of the second is heard', other, invite.sdp.at, s.inside)
    heard('and answered', s.inside, (OTHER, s.port + 12), other, invite.sdp.at)
    s.provider.reply(invite, 200, s.answer, tag='f1')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    equal('the call is up', 'up -', call_state(d))
    heard('the first, which answered, is reached', s.inside, (PROVIDER, s.port + 2), s.outside, invite.sdp.at)
    heard('and heard', s.outside, invite.sdp.at, s.inside)
    hang_up(d, s.provider)


@flow
def forked_inside(s):
    """forked to two phones inside"""
    second = Agent('lan', PHONE2)
    second_media = Rtp('lan', PHONE2, s.port)
    mapped = {}
    for phone in (s.phone, second):
        seen, _, _ = register(phone, s.provider)
        mapped[phone] = seen.contact
    check('two contacts', len(set(mapped.values())) == 2, mapped)
    call_id, invite = f'fork-{s.port}@test', {}
    d = {p: s.provider.dial(mapped[p], at_of(mapped[p]), call_id) for p in mapped}
    for p, other in ((s.phone, second), (second, s.phone)):
        d[p].local_header, d[p].local_tag = '<sip:bob@example.com>;tag=fork', 'fork'
        d[p].request('INVITE', s.answer, cseq=1)
        invite[p] = p.take('INVITE')
        equal('the Request-URI is the phone\'s own', p.contact, invite[p].uri)
    for p, tag in ((s.phone, 'i1'), (second, 'i2')):
        p.reply(invite[p], 183, sdp(p.addr, s.port), tag=tag)
    early = {m.tag('to'): m for m in (s.provider.take(183), s.provider.take(183))}
    check('both publish, each a port of its own', early['i1'].sdp.port != early['i2'].sdp.port and
          {ROUTER} == {m.sdp.addr for m in early.values()}, *(m.sdp.text for m in early.values()))
    second.reply(invite[second], 200, sdp(PHONE2, s.port), tag='i2')
    ok = s.provider.take(200)
    equal('the one that answers keeps its port', early['i2'].sdp.at, ok.sdp.at)
    d[second].learn(ok)
    d[second].request('ACK', cseq=1)
    second.take('ACK')
    heard('it hears', s.outside, ok.sdp.at, second_media)
    heard('and is heard', second_media, (PROVIDER, s.port + 2), s.outside, ok.sdp.at)
    s.phone.reply(invite[s.phone], 487, tag='i1', contact=False)
    s.provider.take(487)
    check('the other one\'s pinholes are closed', early['i1'].sdp.port not in media_waiting(), waiting())
    d[second].cseq = 1
    hang_up(d[second], second)
    for phone in mapped:
        register(phone, s.provider, expires=0)


# --- the end ---------------------------------------------------------------------------------


@flow
def bye_alone(s):
    """BYE without an answer"""
    call = s.connect()
    ports = media_waiting()
    call.caller.request('BYE')
    bye = s.provider.take('BYE')
    equal('closes nothing', ports, media_waiting())
    equal('the call stays', 'up -', call_state(call.caller))
    s.talk(call.offer.at)
    s.provider.reply(bye, 200, contact=False)
    s.phone.take(200)
    equal('its 200 ends it', 'ended hung-up', call_state(call.caller))


@flow
def bye_481(s):
    """BYE that is answered with 481"""
    call = s.connect()
    hang_up(call.callee, s.phone, 481)
    equal('the call has ended', 'ended hung-up', call_state(call.caller))


@flow
def forged_bye(s):
    """forged BYE"""
    call = s.connect()
    ports = media_waiting()
    c = call.callee
    for what, local, remote, cseq in (
            ('own tag', c.local_header + 'x', None, None), ('other tag', None, c.remote_header + 'x', None),
            ('both tags', c.local_header + 'x', c.remote_header + 'x', None)):
        c.request('BYE', local=local, remote=remote, cseq=cseq)
        bye = s.phone.take('BYE')
        s.phone.reply(bye, 200, contact=False)      # the worst phone: it believes
        s.provider.take(200)
        equal(f'with a wrong {what} closes nothing', ports, media_waiting())
        equal(f'with a wrong {what} ends nothing', 'up -', call_state(call.caller))
    check('what is known to be of the call is counted', s.moved('out_of_dialog') > 0, moved(s.before))
    s.talk(call.offer.at)
    hang_up(call.callee, s.phone)


@flow
def stale_bye(s):
    """stale BYE"""
    call = s.connect()
    reoffer(call.caller, s.provider, s.offer, s.answer)
    ports = media_waiting()
    call.caller.request('BYE', cseq=1)
    s.provider.reply(s.provider.take('BYE'), 200, contact=False)
    s.phone.take(200)
    equal('of an old CSeq closes nothing', ports, media_waiting())
    equal('and ends nothing', 'up -', call_state(call.caller))
    hang_up(call.caller, s.provider)


@flow
def forged_answer(s):
    """forged answer to a BYE"""
    call = s.connect()
    ports = media_waiting()
    call.caller.request('BYE')
    bye = s.provider.take('BYE')
    forged = Message(bye.data.replace(b'branch=z9', b'branch=x9'), bye.source)
    s.provider.reply(forged, 200, contact=False)
    s.phone.take(200)
    equal('of another branch closes nothing', ports, media_waiting())
    s.provider.reply(bye, 200, contact=False)
    s.phone.take(200)


@flow
def media_ends(s):
    """media after the end"""
    call = s.connect()
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)
    start = time.monotonic()
    check('its connections end within 5 s and a bit', eventually(lambda: not flows(s.port), 12),
          *flows(s.port))
    check('not at once', time.monotonic() - start > 2)
    unheard('then nothing comes in', s.outside, call.offer.at, s.inside)


@flow
def one_of_two(s):
    """hanging up one call of two"""
    first = s.connect()
    inside, outside = Rtp('lan', PHONE, s.port + 8), Rtp('wan', PROVIDER, s.port + 8)
    second = connect(s.phone, s.provider, sdp(PHONE, s.port + 8), sdp(PROVIDER, s.port + 8))
    hang_up(first.caller, s.provider)
    equal('only its pinholes close', [second.offer.port, second.offer.port + 1], media_waiting())
    heard('the other hears', outside, second.offer.at, inside)
    hang_up(second.callee, s.phone)


play(early_media, late_offer_out, late_offer_in, prack_offer, update_port, session_refresh, refused_reinvite,
     hold_sendonly, hold_zero, two_streams, messages_grow, messages_shrink, busy, declined, cancelled, crossed,
     unauthorized, proxy_auth, no_answer, rang_out, forked_outside, forked_inside, bye_alone, bye_481,
     forged_bye, stale_bye, forged_answer, media_ends, one_of_two)

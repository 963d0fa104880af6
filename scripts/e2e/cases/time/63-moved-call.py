# SPDX-License-Identifier: GPL-2.0
# A call moves to another connection: the phone signals from another port, or another server of the
# provider goes on with it. It is the same call, with the same ports, and lives by the new connection.
# topo: masquerade
# after: expectations calls pinholes
# zero: nothing failed: commit_failed pinholes_full out_of_dialog
from scene import *


def move(dialog, agent):
    """From now on that agent speaks for this half of the dialog."""
    dialog.agent = agent


def forget(port):
    """The kernel forgets the connection that was signalled over, and all that hung on it."""
    in_router('conntrack', '-D', '-p', 'udp', '--orig-src', PHONE, '--orig-port-src', str(port))


@scene
def phone_moves(s):
    """the phone signals from another port"""
    with settings(media_timeout=4):
        call = s.connect()
        later = Agent('lan', PHONE, 5066)
        move(call.caller, later)
        seen, _ = reoffer(call.caller, s.provider, s.offer, s.answer)
        equal('the re-INVITE publishes the same port', call.offer.at, seen.at)
        equal('it is one call', 1, s.moved('calls_added'))
        equal('two pinholes for media in all, and one for the peer at each port', 4, s.moved('pinholes_opened'))
        forget(SIP_PORT)
        check('with the first connection nothing of it is lost', eventually(lambda: call.offer.port in media_waiting()),
              waiting())
        s.talk(call.offer.at)
        # the provider's next request goes to where the last one came from
        call.callee.target, call.callee.to = later.contact, (ROUTER, 5066)
        hang_up(call.callee, later)
        equal('its BYE gets in there, and ends the call', 'ended hung-up', call_state(call.caller))


@scene
def phone_moves_before_the_answer(s):
    """the phone signals from another port while it rings"""
    d, invite = s.invite()
    s.provider.reply(invite, 183, s.answer, tag='mo')
    d.learn(s.phone.take(183))
    later = Agent('lan', PHONE, 5067)
    move(d, later)
    d.request('UPDATE', s.offer)
    update = s.provider.take('UPDATE')
    equal('the UPDATE publishes the same port', invite.sdp.at, update.sdp.at)
    s.provider.reply(update, 200, s.answer)
    later.take(200)
    s.talk(invite.sdp.at, 'early media')
    # the INVITE's answer comes where the INVITE came from
    s.provider.reply(invite, 200, s.answer, tag='mo')
    d.learn(s.phone.take(200))
    d.request('ACK', cseq=1)
    s.provider.take('ACK')
    equal('the call is up', 'up -', call_state(d))
    hang_up(d, s.provider)


@scene
def server_moves(s):
    """another server of the provider goes on with the call"""
    registered, _, binding = register(s.phone, s.provider)
    call = s.connect()
    s.talk(call.offer.at)
    other = Agent('wan', OTHER, user='sbc')
    move(call.callee, other)
    call.callee.target, call.callee.to = registered.contact, at_of(registered.contact)
    seen, back = reoffer(call.callee, s.phone, s.answer, s.offer)
    equal('its offer comes as it was', s.answer, seen.text)
    equal('the answer publishes the same port', call.offer.at, back.at)
    equal('it is one call', 1, s.moved('calls_added'))
    s.talk(call.offer.at, 'media after it')
    hang_up(call.callee, s.phone)
    equal('its BYE ends the call', 'ended hung-up', call_state(call.caller))
    register(s.phone, s.provider, expires=0, dialog=binding)


@scene
def phone_is_sent_elsewhere(s):
    """the phone follows a Contact to another server"""
    call = s.connect()
    s.talk(call.offer.at)
    other = Agent('wan', OTHER, user='sbc')
    call.caller.to, call.caller.target = other.at, other.contact
    seen, _ = reoffer(call.caller, other, s.offer, s.answer)
    equal('the re-INVITE publishes the same port', call.offer.at, seen.at)
    s.talk(call.offer.at, 'media after it')
    hang_up(call.caller, other)
    equal('the BYE over it ends the call', 'ended hung-up', call_state(call.caller))
    equal('it was one call', 1, s.moved('calls_added'))


play(phone_moves, phone_moves_before_the_answer, server_moves, phone_is_sent_elsewhere)

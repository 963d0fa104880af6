# SPDX-License-Identifier: GPL-2.0
# A stranger's packet takes the pinhole of a stream before the announced peer: he gets in all the
# same, after one stranger and after twenty; media_source says who may come at all.
# topo: masquerade
# addr: wan 203.0.113.{4..7}/24
# after: expectations pinholes
from scene import *

FROM = ['203.0.113.%d' % n for n in (4, 5, 6, 7)]


def strangers(n):
    """Sockets at addresses and ports that nobody has announced."""
    return [Rtp('wan', FROM[i % len(FROM)], 7000 + i) for i in range(n)]


@scene
def one(s):
    """a stranger first"""
    call = s.connect()
    stranger = strangers(1)[0]
    heard('he is heard', stranger, call.offer.at, s.inside, (FROM[0], 7000))
    check('the pinhole waits again at once', call.offer.port in media_waiting(), waiting())
    s.talk(call.offer.at, 'the announced peer')
    check('then it waits no more', call.offer.port not in media_waiting(), waiting())
    unheard('another stranger does not get in', strangers(2)[1], call.offer.at, s.inside)
    rtcp, far = Rtp('lan', PHONE, s.port + 1), Rtp('wan', PROVIDER, s.port + 3)
    beside = (ROUTER, call.offer.port + 1)
    heard('RTCP: he is heard', Rtp('wan', FROM[1], 7100), beside, rtcp)
    heard('RTCP: the announced peer is', far, beside, rtcp)
    hang_up(call.caller, s.provider)


@scene
def twenty(s):
    """twenty strangers first"""
    call = s.connect()
    crowd = strangers(20)
    for i, stranger in enumerate(crowd):
        stranger.speak(f'stranger {i}', call.offer.at)
    let_in = heard_texts(s.inside)
    check('some of them are heard, not all', 1 <= len(let_in) <= 12, let_in)
    check('the pinhole waits', call.offer.port in media_waiting(), waiting())
    s.talk(call.offer.at, 'the announced peer')
    hang_up(call.caller, s.provider)


@scene
def before_the_answer(s):
    """twenty strangers before anybody is announced"""
    d, invite = s.invite()
    for i, stranger in enumerate(strangers(20)):
        stranger.speak(f'stranger {i}', invite.sdp.at)
    s.provider.reply(invite, 200, s.answer, tag='st')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    s.inside.drain()
    s.talk(invite.sdp.at, 'the announced peer')
    hang_up(d, s.provider)


@scene
def again_and_again(s):
    """strangers all the time"""
    call = s.connect()
    for n, stranger in enumerate(strangers(60)):
        stranger.speak(f'stranger {n}', call.offer.at)
        time.sleep(0.02)
    s.inside.drain()
    s.talk(call.offer.at, 'the announced peer')
    hang_up(call.caller, s.provider)


@scene
def announced(s):
    """media_source=announced"""
    with settings(media_source='announced'):
        d, invite = s.invite()
        unheard('before the answer the peer is not heard', s.outside, invite.sdp.at, s.inside)
        equal('nothing waits', [], media_waiting())
        s.provider.reply(invite, 200, s.answer, tag='an')
        d.learn(s.phone.take(200))
        d.ack()
        s.provider.take('ACK')
        unheard('a stranger is not heard', strangers(1)[0], invite.sdp.at, s.inside)
        heard('the announced address is, from any port', Rtp('wan', PROVIDER, 7200), invite.sdp.at, s.inside)
        unheard('a stranger is not heard after it', strangers(2)[1], invite.sdp.at, s.inside)
        heard('the phone is heard', s.inside, s.far, s.outside, invite.sdp.at)
        hang_up(d, s.provider)


@scene
def announced_elsewhere(s):
    """media_source=announced, the media server is not the proxy"""
    with settings(media_source='announced'):
        server = Rtp('wan', OTHER, s.port + 2)
        call = connect(s.phone, s.provider, s.offer, sdp(OTHER, s.port + 2))
        unheard('the proxy is not heard', s.outside, call.offer.at, s.inside)
        heard('the server is', server, call.offer.at, s.inside)
        heard('and it hears', s.inside, (OTHER, s.port + 2), server, call.offer.at)
        hang_up(call.caller, s.provider)


@scene
def signalling(s):
    """media_source=signalling"""
    with settings(media_source='signalling'):
        server = Rtp('wan', OTHER, s.port + 2)
        call = connect(s.phone, s.provider, s.offer, sdp(OTHER, s.port + 2))
        unheard('a stranger is not heard', strangers(1)[0], call.offer.at, s.inside)
        unheard('an announced server that does not signal is not', server, call.offer.at, s.inside)
        heard('who signals is', s.outside, call.offer.at, s.inside)
        heard('the phone reaches the announced server', s.inside, (OTHER, s.port + 2), server, call.offer.at)
        heard('whose answer is heard', server, call.offer.at, s.inside)
        hang_up(call.caller, s.provider)


play(one, twenty, before_the_answer, again_and_again, announced, announced_elsewhere, signalling)

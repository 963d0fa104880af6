# SPDX-License-Identifier: GPL-2.0
# A PBX inside with phones beside it and a trunk outside: media through the PBX; a phone's description that the
# PBX passes on is another machine's, stays as it is and opens nothing.
# limit: 300
# topo: nat
# addr: lan 192.168.1.{3..4}/24
# attach: rtr prerouting
# after: sound
from natscene import *

PBX = Host('lan', PHONE, ROUTER, user='pbx')
DESK = Host('lan', PHONE2, PHONE2, user='desk')
DESK2 = Host('lan', '192.168.1.4', '192.168.1.4', user='desk2')
TRUNK = Host('wan', PROVIDER, user='trunk', hidden=INSIDE, media=Host('wan', OTHER, user='gateway'))
TOLD = Host('wan', PROVIDER, user='trunk', media=TRUNK.media)       # may read what is passed through


def lines(proto):
    """(PBX to its phones, PBX to the trunk, trunk, registration)"""
    inside = PBX.agent(5080)
    pbx, trunk = pair(PBX, TRUNK, proto)
    seen, d = registered(pbx, trunk)
    return inside, pbx, trunk, seen, d


def anchored(proto):
    """The PBX is in the way of its phones' media."""
    inside, pbx, trunk, seen, d = lines(proto)
    desks = [DESK.agent(), DESK2.agent()]
    up = []
    for i, desk in enumerate(desks):
        m, left, right, n = Media(desk.host), Media(PBX), Media(PBX), Media(TRUNK.media)
        if i:       # the second is called from outside
            far = connect(trunk, pbx, n.sdp, right.sdp, uri=seen.contact, to=where(seen.contact))
            near = connect(inside, desk, left.sdp, m.sdp)
            at_pbx, at_trunk = far.answer, far.offer
        else:
            near = connect(desk, inside, m.sdp, left.sdp)
            far = connect(pbx, trunk, right.sdp, n.sdp)
            at_pbx, at_trunk = far.offer, far.answer
        equal('the PBX is published', ROUTER, at_pbx.addr)
        up.append((m, left, right, n, near, far, at_pbx, at_trunk))
    for m, left, right, n, near, far, at_pbx, at_trunk in up * 2:
        talk(m, Sdp(m.sdp), left, Sdp(left.sdp))
        talk(right, at_pbx, n, at_trunk)
    equal('the router knows two calls, of the trunk', 2, len([c for c in calls().values() if c[1] == 'up']))
    for i, (m, left, right, n, near, far, at_pbx, at_trunk) in enumerate(up):
        bye(near.caller, desks[1] if i else inside)
        far.caller.to = where(far.ok.contact)
        bye(far.caller, pbx if i else trunk)
        equal('it has ended', 'ended hung-up', state_in('rtr', far.caller))
    unregistered(pbx, trunk, d)


def passed_through(proto):
    """inside_media=0: the PBX passes a phone's description on as it is."""
    pbx, trunk = pair(PBX, TOLD, proto)
    m, n = Media(DESK), Media(TOLD.media)
    before = stats()
    call = connect(pbx, trunk, m.sdp, n.sdp)
    equal('the offer is byte for byte the phone\'s', m.sdp, call.offer.text)
    equal('it is counted', 1, moved(before).get('foreign_media'))
    equal('nothing is opened', [], media_waits('rtr'))
    unheard('media of the trunk does not come in', n.socks[0], (ROUTER, m.port), m.socks[0])
    unheard('that of the phone does not go out', m.socks[0], call.answer.at, n.socks[0])
    bye(call.caller, trunk)
    back = connect(trunk, pbx, n.sdp, m.sdp, uri=pbx.contact, to=where(call.invite.contact))
    equal('so is an answer', m.sdp, back.answer.text)
    equal('counted too', 2, moved(before).get('foreign_media'))
    equal('and opens nothing', [], media_waits('rtr'))
    back.caller.to = where(back.ok.contact)
    bye(back.caller, pbx)


def mixed():
    """inside_media=0: one section is the PBX's own, one a phone's."""
    pbx, trunk = pair(PBX, TOLD)
    m, mine, n, n2 = Media(DESK), Media(PBX), Media(TOLD.media), Media(TOLD.media)
    offer = sdp(PHONE, mine.port) + f'm=video {m.port} RTP/AVP 96\r\nc=IN IP4 {PHONE2}\r\na=rtpmap:96 H264/90000\r\n'
    answer = sdp(OTHER, n.port) + f'm=video {n2.port} RTP/AVP 96\r\n'
    call = connect(pbx, trunk, offer, answer)
    equal('its own section is published', (ROUTER, mine.port), call.offer.at)
    equal('the phone\'s is as it was', [PHONE2, m.port], call.offer.media[1][2:0:-1])
    talk(mine, call.offer, n, call.answer)
    unheard('no media for the phone comes in', n2.socks[0], (ROUTER, m.port), m.socks[0])
    bye(call.caller, trunk)


play(*both('media through the PBX', anchored), *both('a phone\'s description', passed_through, allowed=['foreign_media']),
     of('a description of two machines', mixed, allowed=['foreign_media']))

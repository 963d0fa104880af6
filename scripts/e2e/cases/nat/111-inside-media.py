# SPDX-License-Identifier: GPL-2.0
# A PBX inside that passes its phones' descriptions through untouched, with inside_media=1: what is published
# leads to the phone, not to the PBX.
# tags: 6.12 7
# limit: 300
# topo: nat
# addr: lan 192.168.1.{3..4}/24
# attach: rtr prerouting
# after: sound
from natscene import *

PBX = Host('lan', PHONE, ROUTER, user='pbx', media=Host('lan', PHONE2, ROUTER, user='desk'))
PBX2 = Host('lan', PHONE, ROUTER, user='pbx', media=Host('lan', '192.168.1.4', ROUTER, user='desk2'))
TRUNK = Host('wan', PROVIDER, user='trunk', hidden=INSIDE, media=Host('wan', OTHER, user='gateway'))


def passed_through(proto):
    """Calls out and in, the phone speaks first or the gateway."""
    with settings(inside_media=1):
        visit(PBX, TRUNK, proto=proto)


def two_phones():
    """Two phones with one RTP port at the same time."""
    with settings(inside_media=1):
        pbx, trunk = pair(PBX, TRUNK)
        up = []
        for machine in (PBX.media, PBX2.media):
            m, n = Media(machine, 4000), Media(TRUNK.media)
            up.append((m, n, connect(pbx, trunk, m.sdp, n.sdp)))
        equal('each is published', [ROUTER] * 2, [c.offer.addr for *_, c in up])
        check('on a port of its own', len({c.offer.at for *_, c in up}) == 2, *[c.offer.text for *_, c in up])
        for m, n, c in up * 2:
            talk(m, c.offer, n, c.answer, first=m is up[0][0])
        for *_, c in up:
            bye(c.caller, trunk)


def mixed():
    """One section of the PBX, one of a phone."""
    with settings(inside_media=1):
        pbx, trunk = pair(PBX, TRUNK)
        m, mine, n, n2 = Media(PBX.media), Media(Host('lan', PHONE, ROUTER, user='pbx')), Media(TRUNK.media), Media(TRUNK.media)
        offer = sdp(PHONE, mine.port) + f'm=video {m.port} RTP/AVP 96\r\nc=IN IP4 {PHONE2}\r\na=rtpmap:96 H264/90000\r\n'
        answer = sdp(OTHER, n.port) + f'm=video {n2.port} RTP/AVP 96\r\n'
        c = connect(pbx, trunk, offer, answer)
        talk(mine, c.offer, n, c.answer)
        c.offer.media.pop(0)
        c.answer.media.pop(0)
        talk(m, c.offer, n2, c.answer, first=1)
        bye(c.caller, trunk)


def outside():
    """A description of a machine outside stays as it is."""
    with settings(inside_media=1):
        pbx, trunk = pair(PBX, TRUNK)
        n = Media(TRUNK.media)
        c = connect(pbx, trunk, sdp(OTHER, n.port), sdp(PROVIDER, 4100))
        equal('the offer is as it was', n.sdp, c.offer.text)
        equal('nothing is opened', [], media_waits('rtr'))
        bye(c.caller, trunk)


play(*both('a phone\'s description', passed_through), of('two phones', two_phones), of('two machines', mixed),
     of('somebody else', outside, allowed=['foreign_media']))

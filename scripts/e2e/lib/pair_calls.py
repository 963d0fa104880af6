# SPDX-License-Identifier: GPL-2.0
"""pair_calls.py - rows about one call or two, of which most end on another router than they began."""
from pair import *


def moved(r):
    """alice and bob with the same port inside: bob's is moved."""
    alice, bob = r.leg().up(), r.leg(r.bob()).up()
    check('two published ports', alice.at != bob.at, alice.at, bob.at)
    return alice, bob


@row
def rtp(r):
    """media that flows"""
    c = r.leg().up()
    c.talk()
    c.talk_rtcp()
    r.die()
    c.talk('media after it')
    c.talk_rtcp()


@row
def rtp_inside_first(r):
    c = r.leg().up()
    c.talk()
    r.die()
    c.talk('media after it', inside_first=True)


@row
def rtcp_later(r):
    """RTCP has said nothing before"""
    c = r.leg().up()
    c.talk()
    r.die()
    c.talk_rtcp()
    c.talk('media after it')


@row
def reinvite(r):
    c = r.leg().up()
    c.talk()
    r.die()
    c.same()
    c.talk('media after it')
    c.bye()


@row
def reinvite_moved(r):
    """the one with its own port offers first"""
    alice, bob = moved(r)
    alice.talk()
    bob.talk()
    r.die()
    for c in (alice, bob):
        c.same()
        c.talk('media after it')


@row
def reinvite_moved_first(r):
    """the one whose port was moved offers first"""
    alice, bob = moved(r)
    alice.talk()
    bob.talk()
    r.die()
    for c in (bob, alice):
        c.same()
    for c in (bob, alice):
        c.talk('media after it')


@row
def reinvite_moved_waiting(r):
    """no media has come before"""
    alice, bob = moved(r)
    r.die()
    bob.same()
    bob.talk()
    alice.talk()
    alice.same()
    alice.talk()


@row
def reinvite_waiting(r):
    """no media has come before, and it comes after the offers: no phone gets what is for the other one"""
    alice, bob = moved(r)
    r.die()
    bob.same()
    unheard('nothing for alice reaches bob', alice.outside, alice.at, bob.inside)
    alice.inside.hear(0)
    alice.same()
    for c in (bob, alice):
        c.talk()
        c.talk_rtcp()


@row
def reinvite_new(r):
    """the phone's media moves to another port"""
    c = r.leg().up()
    c.talk()
    r.die()
    c.move_to(11000)
    seen = c.reoffer()
    equal('it is published at the same address', c.at[0], seen.addr)
    c.at = seen.at
    c.talk('media of the new port')
    c.talk_rtcp()
    c.bye()
    r.closed(c.at[1])


@row
def reinvite_resume(r):
    """the media's connections have ended in silence"""
    c = r.leg().up()
    c.talk()
    r.die()
    r.router.forget(c.at[1], c.at[1] + 1)
    equal('its connections are gone', [], r.router.flows(c.at[1]))
    c.same()
    c.talk('media after it')
    c.talk_rtcp()


@row
def reinvite_in(r):
    c = r.leg().up()
    c.talk()
    r.die()
    c.reoffer_in()
    c.talk('media after it')
    c.bye()


@row
def update(r):
    """UPDATE in place of a re-INVITE, of a port that was moved"""
    alice, bob = moved(r)
    bob.talk()
    r.die()
    bob.same('UPDATE')
    bob.talk('media after it')
    alice.same('UPDATE')
    alice.talk('media after it')


@row
def new_call(r):
    old = r.leg().up()
    old.talk()
    r.die()
    c = r.leg(port=10100).up()
    c.talk()
    c.talk_rtcp()
    c.bye()
    check('its pinholes close', eventually(lambda: c.at[1] not in r.router.waits()), r.router.waits())
    old.talk('media of the old call')


@row
def bye_waiting(r):
    """no media has come, and the phone hangs up"""
    c = r.leg().up()
    r.die()
    c.bye()
    r.closed()


@row
def bye_media(r):
    c = r.leg().up()
    c.talk()
    c.talk_rtcp()
    r.die()
    c.bye()
    r.closed()
    # which connections a call had is not known here: they end with the idle time of UDP, once the phones are silent
    left = [int(n) for n in re.findall(r'udp +17 (\d+) ', '\n'.join(r.router.flows(c.at[1], c.at[1] + 1)))]
    check('its media ends when it is idle', max(left, default=0) <= 120, left)


@row
def bye_in(r):
    c = r.leg().up()
    r.die()
    c.bye_in()
    r.closed()


@row
def ringing(r):
    r.phone()
    c = r.leg().invite().ring()
    r.die()
    c.pick_up()
    c.talk()
    c.talk_rtcp()


@row
def answered_warm(r):
    r.phone()
    c = r.leg().up()
    r.die()
    c.talk()


@row
def ringing_cold(r):
    """the INVITE is the first packet of its connection"""
    c = r.leg(r.phone(warm=False)).invite().ring()
    r.die()
    c.pick_up()
    c.talk()


@row
def answered_cold(r):
    c = r.leg(r.phone(warm=False)).up()
    r.die()
    c.talk()


@row
def ringing_inside_first(r):
    """the port was moved, and its phone speaks first"""
    other = r.leg().up()
    other.talk()
    c = r.leg(r.bob()).invite().ring()
    check('two published ports', other.at != c.at, other.at, c.at)
    r.die()
    c.pick_up()
    c.talk(inside_first=True)
    other.talk('media of the other call')


@row
def ringing_cancel(r):
    c = r.leg(r.phone()).invite().ring()
    r.die()
    c.caller.cancel()
    cancel = c.provider.take('CANCEL')
    c.provider.reply(cancel, 200, tag=c.tag, contact=False)
    c.phone.take(200)
    c.provider.reply(c.asked, 487, tag=c.tag, contact=False)
    refused = c.phone.take(487)
    c.caller.ack(response=refused)
    c.provider.take('ACK')
    r.closed()


@row
def in_call(r):
    """a call that came in before"""
    alice = r.phone()
    contact, _ = r.registered(alice)
    d = r.provider.dial(contact, at_of(contact))
    near, far = Rtp('lan', alice.addr, 12000), Rtp('wan', r.provider.addr, 13000)
    d.request('INVITE', sdp(far.addr, 13000))
    m = alice.take('INVITE')
    alice.reply(m, 200, sdp(near.addr, 12000), tag='in')
    ok = r.provider.take(200)
    d.learn(ok)
    d.ack()
    alice.take('ACK')
    heard('media in', far, ok.sdp.at, near)
    heard('media out', near, (far.addr, 13000), far, ok.sdp.at)
    r.die()
    heard('media in after it', far, ok.sdp.at, near)
    heard('media out after it', near, (far.addr, 13000), far, ok.sdp.at)
    mine = alice.dialog_of(m, 'in')
    mine.to = r.provider.at
    seen, _ = reoffer(mine, r.provider, sdp(near.addr, 12000), sdp(far.addr, 13000))
    equal('its re-INVITE publishes the same port', ok.sdp.at, seen.at)
    hang_up(d, alice)
    # without NAT no look finds which connections the call had
    r.closed(*(() if r.six == 'routed' else (ok.sdp.port,)))


CALLS = rows_of(__name__)

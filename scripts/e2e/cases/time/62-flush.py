# SPDX-License-Identifier: GPL-2.0
# conntrack -F under calls that are up, and every setting changed under them: what the next message
# of the call brings back, and that nothing is harmed.
# limit: 180
# topo: masquerade
# after: expectations calls
from scene import *

VALUES = ('0', '1', '2', '10', '60', '3600', '86400', '604800', '1000000', '10000000', 'any', 'announced', 'signalling',
          'registrar', 'learned', '0 0', '1 1', '1000000 1000000', '5060,5070', '112', '10.0.0.0/8,fd00::/8', '')
DIR = '/proc/sys/net/netfilter/sipalg'


def flush(*what):
    in_router('conntrack', '-F', *what)


@scene
def connections(s):
    """all connections flushed"""
    call = s.connect()
    s.talk(call.offer.at)
    flush()
    equal('nothing waits any more', [], media_waiting())
    again, _ = reoffer(call.caller, s.provider, s.offer, s.answer)
    equal('a re-INVITE publishes the same port', call.offer.at, again.at)
    s.talk(call.offer.at, 'media after it')
    hang_up(call.callee, s.phone)
    equal('the call ends as ever', 'ended hung-up', call_state(call.caller))


@scene
def silent_then(s):
    """all connections flushed before any media"""
    call = s.connect()
    flush()
    reoffer(call.caller, s.provider, s.offer, s.answer, 'UPDATE')
    s.talk(call.offer.at, 'after an UPDATE, media')
    hang_up(call.caller, s.provider)


@scene
def any_message(s):
    """all connections flushed, and a message without an offer"""
    with settings(media_timeout=4):
        call = s.connect()
        s.talk(call.offer.at)
        flush()
        call.caller.request('INFO')
        s.provider.reply(s.provider.take('INFO'), 200)
        s.phone.take(200)
        check('time brings the pinholes back', eventually(lambda: call.offer.port in media_waiting()), waiting())
        s.talk(call.offer.at, 'media')
        hang_up(call.callee, s.phone)


@scene
def inside_speaks(s):
    """all connections flushed, the phone refreshes and speaks first"""
    call = s.connect()
    s.talk(call.offer.at)
    flush()
    reoffer(call.caller, s.provider, s.offer, s.answer)
    heard('it leaves from the published port', s.inside, s.far, s.outside, call.offer.at)
    heard('and is answered', s.outside, call.offer.at, s.inside)
    hang_up(call.caller, s.provider)


@scene
def registered(s):
    """a registration, all connections flushed"""
    seen, _, d = register(s.phone, s.provider)
    flush()
    again, _, d = register(s.phone, s.provider, dialog=d)
    equal('a refresh publishes the same', seen.contact, again.contact)
    caller = Agent('wan', OTHER, 5090, user='carol')
    c = caller.dial(again.contact, at_of(again.contact))
    c.request('INVITE', sdp(OTHER, s.port + 2))
    invite = s.phone.take('INVITE')
    s.phone.reply(invite, 486, tag='fl', contact=False)
    c.ack(response=caller.take(486))
    s.phone.take('ACK')
    register(s.phone, s.provider, expires=0, dialog=d)


@scene
def pinholes(s):
    """all expectations flushed"""
    with settings(media_timeout=4):
        call = s.connect()
        flush('expect')
        equal('nothing waits', [], media_waiting())
        check('time brings them back', eventually(lambda: call.offer.port in media_waiting()), waiting())
        s.talk(call.offer.at)
        hang_up(call.caller, s.provider)


def write(name, value):
    try:
        setting(name, value + '\n')     # writing nothing at all is no write
        return True
    except OSError:
        return False


@scene
def every_setting(s):
    """every setting to its least and most"""
    with netns('rtr'):
        names = sorted(os.listdir(DIR))
        before = {n: open(f'{DIR}/{n}').read().strip() for n in names}
    call = s.connect()
    s.talk(call.offer.at)
    taken = 0
    for name in names:
        for value in VALUES:
            if not write(name, value):
                continue
            taken += 1
            # traffic while it is so; what it does then is its own case's matter
            s.outside.speak('x', call.offer.at)
            call.caller.request('OPTIONS')
            s.phone.dial(s.provider.contact, s.provider.at).request('INVITE', sdp(PHONE, s.port + 8))
            calls()
        assert write(name, before[name]), (name, before[name])
        time.sleep(0.05)
        for sock in (s.inside, s.outside, s.phone, s.provider):
            sock.drain()
    with netns('rtr'):
        after = {n: open(f'{DIR}/{n}').read().strip() for n in names}
    equal('all are as they were', before, after)
    check('many values were taken', taken > 2 * len(names), taken)
    equal('the call is up', 'up -', call_state(call.caller))
    again, _ = reoffer(call.caller, s.provider, s.offer, s.answer)
    equal('at the same port', call.offer.at, again.at)
    s.talk(call.offer.at)
    hang_up(call.caller, s.provider)
    for w in calls().values():
        if w[1] != 'ended':
            order(f'end {w[0]}')
    s.before = stats()      # limits of 1 were reached on the way


play(connections, silent_then, any_message, inside_speaks, registered, pinholes, every_setting)

# SPDX-License-Identifier: GPL-2.0
# Calls of every kind and registrations come and go; then the router has as many connections, pinholes
# and objects in memory as before.
# limit: 180
# topo: masquerade
# addr: lan 192.168.1.3/24
# with: no_limits
# after: calls bindings pinholes
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port out_of_dialog
from scene import *

CACHES = ('sipalg_call', 'sipalg_call_media', 'sipalg_pinhole', 'sipalg_binding')
SLAB = '/sys/kernel/slab/'


def objects(cache):
    """How many there are; None where the kernel keeps them together with others."""
    if os.path.islink(SLAB + cache) or not os.path.exists(SLAB + cache):
        return None
    # what the CPUs hold free counts as used until then
    with open(SLAB + cache + '/shrink', 'w') as f:
        f.write('1')
    with open(SLAB + cache + '/objects') as f:
        return int(f.read().split()[0])


def counts():
    entries = int(in_router('sysctl', '-n', 'net.netfilter.nf_conntrack_count'))
    return {'connections': entries, 'pinholes': len(waiting()), **{c: objects(c) for c in CACHES}}


def alive():
    return [w for w in calls().values() if w[1] != 'ended']


def answered(s, i):
    port = s.port + 4 * i
    call = connect(s.phone, s.provider, sdp(PHONE, port), sdp(PROVIDER, port + 2))
    inside, outside = Rtp('lan', PHONE, port), Rtp('wan', PROVIDER, port + 2)
    for speaker, to in ((outside, call.offer.at), (inside, (PROVIDER, port + 2))):
        speaker.speak('x', to)
    return call


def not_answered(s, i):
    """Refused, cancelled, or left alone."""
    d, invite = s.invite(sdp(PHONE, s.port + 4 * i))
    if i % 3 == 0:
        return
    s.provider.reply(invite, 180, tag='ba')
    s.phone.take(180)
    if i % 3 == 1:
        d.cancel()
        s.provider.reply(s.provider.take('CANCEL'), 200, tag='ba', contact=False)
        s.phone.take(200)
    s.provider.reply(invite, 487 if i % 3 == 1 else 603, tag='ba', contact=False)
    d.ack(response=s.phone.take())
    s.provider.take('ACK')


def everything_passes(s):
    """calls of every kind"""
    in_router('conntrack', '-F')
    before = counts()
    equal('before, there are no connections', 0, before['connections'])
    other = Agent('lan', PHONE2)
    bound = [(phone, register(phone, s.provider)[2]) for phone in (s.phone, other)]
    with settings(invite_timeout=1):
        for i in range(12):
            not_answered(s, i)
        check('those that nobody answers end by time', eventually(lambda: not alive()), calls())
    up = [answered(s, 12 + i) for i in range(20)]
    during = counts()
    check('then there are', during['connections'] > 20 and during['pinholes'] > 2, during)
    for cache in CACHES:
        if during[cache] is None:
            print(f'# {cache}: this kernel keeps it together with others')
        else:
            check(f'objects of {cache}', during[cache] > (before[cache] or 0), before, during)
    for i, call in enumerate(up):
        if i % 3:
            hang_up(call.caller, s.provider)
        else:
            equal('ended by order', 0, order(f'end {number(call.caller)}'))
    for phone, d in bound:
        register(phone, s.provider, expires=0, dialog=d)
    check('media ends in 5 s', eventually(lambda: not flows(s.port + 4 * 13), 8), flows(s.port + 4 * 13))
    check('then the calls are forgotten', eventually(lambda: not calls(), 60), len(calls()))
    in_router('conntrack', '-F')    # what is left is signalling, which times out by itself
    check('all is as it was', eventually(lambda: counts() == before), before, counts())


def play_it():
    """calls of every kind"""
    everything_passes(Scene())


play(play_it)

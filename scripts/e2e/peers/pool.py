# SPDX-License-Identifier: GPL-2.0
"""Phones behind a pool of addresses: each call is published on the address that its signalling has, and works there."""
from natscene import *

PROVIDERS = [PROVIDER, OTHER] + [f'203.0.113.{i}' for i in range(4, 8)]
PHONES = [f'192.168.1.{i}' for i in range(2, 8)]
persistent = sys.argv[1] == 'persistent'
used = collections.defaultdict(set)     # phone -> addresses that it was seen at


def machine(addr):
    return Host('lan', addr, user='p' + addr.rpartition('.')[2])


def provider(addr):
    return Host('wan', addr, user='v' + addr.rpartition('.')[2], hidden=INSIDE)


def everybody(proto):
    """Each phone at two providers."""
    for i, addr in enumerate(PHONES):
        for far in (PROVIDERS[i % 6], PROVIDERS[(i + 3) % 6]):
            phone, there = machine(addr), provider(far)
            # the kernel keeps one mapping for one source port, so each connection has another
            a, p = pair(phone, there, proto, own=5060 + 2 * PROVIDERS.index(far))
            d = a.dial('sip:example.com', p.at)
            seen, ok, d = register(a, p)
            phone.seen = a.seen_as[0] if proto == 'tcp' else seen.source[0]
            check('it is an address of the pool', phone.seen.startswith(POOL), phone.seen)
            used[addr].add(phone.seen)
            signals_from(a, seen)
            whole_call(f'{addr} to {far}', a, p, first=i & 1)
            whole_call(f'{far} to {addr}', p, a, uri=seen.contact, to=where(seen.contact), first=i & 1)
            if proto == 'udp':
                other = provider(PROVIDERS[(i + 1) % 6]).agent(5095)
                whole_call(f'a stranger to {addr}', other, a, uri=seen.contact, to=where(seen.contact))
                other.sock.close()
            unregistered(a, p, d)
            for end in (a, p):
                end.sock.close()
    several = {addr for one in used.values() for addr in one}
    check('several addresses of the pool were used', len(several) > 2, several)
    if persistent:
        check('each phone had one', all(len(one) == 1 for one in used.values()), dict(used))
    else:
        check('some phone had more than one', any(len(one) > 1 for one in used.values()), dict(used))


def at_once():
    """One phone has calls at all providers at the same time, with one RTP port for all."""
    phone = machine(PHONE)
    a, up = phone.agent(), []
    for far in PROVIDERS:
        there = provider(far)
        p, m, n = there.agent(), None, Media(there)
        m = Media(phone, 4000) if not up else up[0][2]
        c = connect(a, p, m.sdp, n.sdp)
        equal(f'{far}: media is published where the signalling is', c.invite.source[0], c.offer.addr)
        up.append((c, p, m, n))
    equal('each has a place of its own', len(up), len({c.offer.at for c, *_ in up}))
    for c, p, m, n in up * 2:
        talk(m, c.offer, n, c.answer, first=up[0][0] is c)
    for i, (c, p, m, n) in enumerate(up):
        if i & 1:
            hang_up(c.caller, p)
        else:
            c.callee.to = where(c.invite.contact)
            hang_up(c.callee, a)


play(of('everybody, UDP', everybody, 'udp'), of('everybody, TCP', everybody, 'tcp'), of('all at once', at_once))

# SPDX-License-Identifier: GPL-2.0
# A thousand phones register within seconds when the link is back, each with an address of its own and with digest, and
# 200 over TCP: with the default settings all are registered, after no more than their ordinary repetitions.
# limit: 600
# topo: masquerade
# zero: nothing failed: commit_failed no_memory
"""The link to the provider is down when they begin and comes back then; what they have sent is lost."""
import random
import resource
from crowd import *
from sip import PHONE, PROVIDER, OTHER, check, equal, in_router, play, stats

random.seed(3)
DOWN = 3.0                  # seconds without link
LONGEST = 64                # until everybody is registered: two transactions, each 64*T1 at most
CALLED = 20                 # phones that are called then


def link(state):
    batch_of('wan', [f'link set w0 {state}'])


def named(kind, count, net, proxy):
    """Phones with addresses and passwords of their own."""
    addresses = [f'10.1.{net + i // 200}.{i % 200 + 2}' for i in range(count)]
    batch_of('lan', [f'addr add {a}/32 dev l0' for a in addresses])
    phones = [kind(loop, 'lan', a, f'u{net}x{i}', proxy, f'p{i}') for i, a in enumerate(addresses)]
    proxy.users = {p.user: p.password for p in phones}
    return phones


def bound_now():
    with netns('rtr'), open('/proc/net/sipalg/bindings') as f:
        return sum(line.startswith('bound ') for line in f)


def all_at_once(what, loop, phones, spread):
    """All ask within `spread` seconds; what it took."""
    before, began = stats(), time.monotonic()
    for p in phones:
        p.registered, p.resent = None, 0
        p.refusals.clear()
        loop.after(random.uniform(0, spread), p.register)
    loop.run(LONGEST + spread, lambda: all(p.registered is not None for p in phones))
    took = time.monotonic() - began
    times = sorted(p.took for p in phones)
    after = stats()
    dropped = {n: v - before[n] for n, v in after.items()
               if v != before[n] and (n.startswith('flood_') or n in ('blocked', 'bindings_full', 'bindings_quota', 'tcp_full'))}
    print(f'# {what}: {len(phones)} phones within {spread} s, all answered after {took:.1f} s; median {times[len(times) // 2]:.2f} s, '
          f'longest {times[-1]:.2f} s; sent again {sum(p.resent for p in phones)}; messages {after["messages"] - before["messages"]}; '
          f'dropped {sum(v for n, v in dropped.items())} {dropped or ""}')
    bad = [p for p in phones if not p.registered]
    check(f'{what}: every phone is registered', not bad, [(p.user, p.refusals) for p in bad[:5]])
    equal(f'{what}: none was refused', 0, sum(len(p.refusals) for p in phones))
    equal(f'{what}: none was dropped by a quota', {}, {n: v for n, v in dropped.items() if not n.startswith('flood_')})


def datagrams():
    """UDP"""
    proxy = Proxy(loop, 'wan', PROVIDER)
    phones = named(Phone, UDP_PHONES, 0, proxy)
    link('down')
    loop.after(DOWN, link, 'up')
    all_at_once('after a lost link', loop, phones, DOWN + 2)
    equal('bindings that the router lists', UDP_PHONES, bound_now())
    equal('a contact of each that is not its own', (UDP_PHONES, 0),
          (len(set(proxy.bindings.values())), proxy.untranslated))
    all_at_once('refreshed', loop, phones, 1)
    equal('bindings that the router lists then', UDP_PHONES, bound_now())
    calls = []
    for i, p in enumerate(random.sample(phones, CALLED)):
        calls.append(Call(proxy, p, (Media(loop, 'wan', OTHER, 20000 + 2 * i), Media(loop, 'lan', p.addr, 4000))))
        calls[-1].start()
        loop.run(0.05)
    loop.run(PATIENCE, lambda: all(c.settled for c in calls))
    equal('phones that are called then', [], [c.why or 'nothing' for c in calls if c.why or not c.settled])
    for c in calls:
        c.hang_up(True)
    loop.run(PATIENCE, lambda: all(c.over for c in calls))


def streams():
    """TCP"""
    proxy, before = TcpProxy(loop, 'wan', OTHER), bound_now()
    phones = named(TcpPhone, TCP_PHONES, 100, proxy)
    for p in phones:
        loop.after(random.uniform(0, 1), p.connect)
    loop.run(3)
    all_at_once('connected', loop, phones, 2)
    equal('bindings that the router lists', TCP_PHONES, bound_now() - before)


UDP_PHONES, TCP_PHONES = 1000, 200
resource.setrlimit(resource.RLIMIT_NOFILE, (16384, 16384))
in_router('ip', 'route', 'add', '10.0.0.0/8', 'via', PHONE)
with open('/proc/sys/net/netfilter/nf_conntrack_max', 'w') as most:     # of all namespaces
    most.write('65536')
loop = Loop()
play(datagrams, streams)

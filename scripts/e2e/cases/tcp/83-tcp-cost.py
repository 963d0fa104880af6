# SPDX-License-Identifier: GPL-2.0
# What it costs a message over TCP to be held until it is whole, on a path without loss: no timer's time.
# limit: 200
# topo: masquerade
# forward: iifname r0 tcp dport 5070 accept
# with: tcp_addresses no_limits
# after: expectations
import statistics
from lines import *

ROUNDS, EACH = 9, 40


def one_by_one(line, c, cuts, times):
    for _ in range(EACH):
        c.n += 1
        words = c.words(INVITE)
        start = time.monotonic()
        line.queue('inside', words, cuts)
        yield from line.rest()
        times.append(time.monotonic() - start)


def opened(line):
    calls = yield from begun(line, 1)
    line.calls = calls


def cost():
    """the time of a message"""
    ends = {'without helper': Line(GROWS, to=PLAIN_PORT, translated=False), 'with it': Line(GROWS)}
    for line in ends.values():
        run((line, opened(line)))
    for what, cuts in (('whole', []), ('in two pieces', [400]), ('in ten', range(100, 1000, 100))):
        medians = collections.defaultdict(list)
        for _ in range(ROUNDS):     # side by side, so that the machine's moods fall on both
            for name, line in ends.items():
                times = []
                run((line, one_by_one(line, line.calls[0], cuts, times)))
                medians[name].append(1e6 * statistics.median(times))
        bare, ours = (statistics.median(medians[n]) for n in ends)
        ratios = sorted(b / a for a, b in zip(*medians.values()))
        print(f'# {what}: {bare:.0f} us without helper, {ours:.0f} us with it; '
              f'ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})')
        # a segment that waits for a timer would cost 40 ms (delayed ACK) or 200 ms (RTO)
        check(f'{what}: nothing waits for a timer', ours - bare < 20000, bare, ours)
    line = ends['with it']
    run((line, ended(line, line.calls)))


play(cost)

# SPDX-License-Identifier: GPL-2.0
"""Calls over a network that loses, doubles and reorders: first on a port without helper, then with it.

tcploss.py nat|routed; the second must arrive as its translation, and may cost a few times the first's retransmissions.
"""
import sys
from lines import *

how = sys.argv[1]
LINES, ROUNDS, TIMES, SLACK = 4, 12, 5, 60      # of each kind; of each line; the bound is the first's times TIMES and SLACK


def rounds(line, mss):
    """Calls whose messages are cut at random, alone and several together, small and large."""
    calls = yield from begun(line, 2)
    for i in range(ROUNDS):
        c = calls[i % 2]
        more = {'pad': padding(20)} if i == 3 else {'sdp_pad': long_sdp(100)} if i == 7 else {}
        c.n += 1
        for side, template in (('inside', INVITE), ('outside', OK)):
            words = c.words(template, **more)
            data = words.inside if side == 'inside' else words.outside
            cuts = random_cuts(data, 1, 6) if len(data) < mss else range(mss // 2, len(data), mss // 2)
            line.queue(side, words, cuts if i != 5 else range(1, len(data)))    # one of them byte by byte
            yield from line.rest()
        line.queue('inside', c.words(ACK))
        for side, kinds in (('inside', (INVITE, ACK, MESSAGE)), ('outside', (OK, INFO))):
            chosen = random.choices(kinds, k=6)
            messages = [c.words(kind, **(more if kind is INVITE else {})) for kind in chosen]  # a copy is the same
            line.queue_stream(side, messages, [random.randint(1, mss) for _ in range(100)])
        yield from line.rest()
    yield from ended(line, calls)


def traffic(what, port, translated):
    """Retransmissions that it cost, or None."""
    random.seed(5)
    before, start = retransmissions(), time.monotonic()
    ll = [Line(addr, to=port, translated=translated, mss=mss) for addr in (GROWS, SHRINKS)
          for mss in [536] * (LINES // 2) + [1400] * (LINES - LINES // 2)]
    try:
        run(*((line, rounds(line, 500 if i % LINES < LINES // 2 else 1200)) for i, line in enumerate(ll)),
            seconds=150, idle=40)
        fault = None
    except Missing as e:
        fault = e
    again = retransmissions() - before
    print(f'# {what}: {sum(x.messages for x in ll)} messages, {time.monotonic() - start:.1f} s, {again} segments sent again')
    check(f'{what}: the streams are what they must be', not fault, fault)
    for line in ll:
        line.close()
    return again


def lossy():
    """loss, duplicates, another order"""
    bare = traffic('without helper', PLAIN_PORT, False)
    ours = traffic('with it', SIP_PORT, how == 'nat')
    check('something was lost', bare > 20, bare)
    check(f'no storm: at most {TIMES} times as many segments are sent again, and {SLACK}', ours <= TIMES * bare + SLACK,
          f'{ours} after {bare}')


play(lossy)

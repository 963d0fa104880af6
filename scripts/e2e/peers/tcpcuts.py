# SPDX-License-Identifier: GPL-2.0
"""Messages cut into segments in every way: tcpcuts.py nat|routed|none [PORT [lossy]]; what arrives is the translated stream.

lossy: the network loses, so segments are sent again.
none: as nat, but the port has no helper: nothing is to be translated (and the cuts cost what they cost without it).
"""
import sys
from lines import *

how = sys.argv[1]
port = int(sys.argv[2]) if len(sys.argv) > 2 else SIP_PORT
lossy = sys.argv[3:] == ['lossy']
random.seed(20)
CALLS = 8       # of a line, side by side


def line(addr, **more):
    return Line(addr, to=port, translated=how == 'nat', **more)


def play_lines(what, scripts, seconds=100, **more):
    """The scripts must end well, without a segment sent again; says what it cost."""
    counted, before, start = stats(), retransmissions(), time.monotonic()
    if lossy:
        seconds, more = 10 * seconds, more | {'idle': 60}
    try:
        run(*scripts, seconds=seconds, **more)
    except Missing as e:
        return check(what, False, e)
    took = time.monotonic() - start
    ends = [end for line, _ in scripts for end in line.ends()]
    messages, segments = (sum(x) for x in ([line.messages for line, _ in scripts], [e.segments for e in ends]))
    print(f'# {what}: {messages} messages in {segments} segments, {took:.1f} s')
    check(what, True)
    sent = sum(tcp_info(e.sock)[1] for e in ends)
    check(f'{what}: each piece was a segment', sent >= segments, f'{sent} of {segments}')
    again = retransmissions() - before
    # two processors of the guest may let one segment overtake another: the router wants that one again
    beyond = moved(counted).get('tcp_beyond', 0)
    print(f'# {what}: {again} segments sent again, {beyond} came too early')
    if lossy:
        return check(f'{what}: something was sent again', again)
    return check(f'{what}: nothing was sent again but what came too early', again <= 2 * beyond, again, beyond)


def two_pieces(line, share, of):
    """INVITE and 200 cut once, at every position of this line's share."""
    calls = yield from begun(line, CALLS)
    length = len(calls[0].words(INVITE).inside), len(calls[0].words(OK).outside)
    cuts = list(range(1 + share, max(length), of))
    for at in range(0, len(cuts), CALLS):
        now = list(zip(calls, cuts[at:at + CALLS]))
        for c, cut in now:
            c.n += 1
            line.queue('inside', c.words(INVITE), [cut] if cut < length[0] else [])
        yield from line.rest()
        for c, cut in now:
            line.queue('outside', c.words(OK), [cut] if cut < length[1] else [])
        yield from line.rest()
        for c, _ in now:
            line.queue('inside', c.words(ACK))
    yield from line.rest()
    yield from ended(line, calls)


def many_pieces(line, n):
    """n INVITEs and 200s, in three to ten pieces."""
    calls = yield from begun(line, CALLS)
    for _ in range(0, n, 2 * CALLS):
        for c in calls:
            c.n += 1
            words = c.words(INVITE)
            line.queue('inside', words, random_cuts(words.inside))
        yield from line.rest()
        for c in calls:
            words = c.words(OK)
            line.queue('outside', words, random_cuts(words.outside))
        yield from line.rest()
        for c in calls:
            line.queue('inside', c.words(ACK))
    yield from line.rest()
    yield from ended(line, calls)


def single_bytes(line):
    """Byte by byte."""
    calls = yield from begun(line, 1)
    for _ in range(2):
        yield from line.again(calls[0], range(1, 2000), range(1, 2000))
    yield from ended(line, calls)


def shared_segments(line):
    """Two and three messages a segment, one and a half, the end of one and the start of the next."""
    calls = yield from begun(line, 3)
    for c in calls:
        c.n += 1
    invites, oks, acks = ([c.words(t) for c in calls] for t in (INVITE, OK, ACK))
    infos, info_oks = ([c.words(t) for c in calls] for t in (INFO, INFO_OK))
    for side, messages in (('inside', invites[:2]), ('outside', oks[:2]), ('inside', acks[:2]), ('outside', infos),
                           ('inside', info_oks), ('inside', invites[2:] + acks[:2]), ('outside', oks[2:] + infos[:2]),
                           ('inside', acks)):
        line.queue_stream(side, messages, [1400])
        yield from line.rest()
    for side, messages in (('inside', invites), ('outside', oks), ('inside', acks), ('outside', infos)):
        size = len(messages[0][side == 'outside'])
        for lengths in ([size // 2] * 6, [size + size // 2] * 2, [size + 1] * 3, [size - 1] * 4, [1, size - 1, size],
                        [size - 2, 4] * 3):
            line.queue_stream(side, messages, lengths)
            yield from line.rest()
    for _ in range(10):     # segments that know nothing of messages
        for side, kinds in (('inside', (invites, acks, info_oks)), ('outside', (oks, infos))):
            messages = [random.choice(random.choice(kinds)) for _ in range(10)]
            line.queue_stream(side, messages, [random.randint(1, 1200) for _ in range(100)])
        yield from line.rest()
    yield from ended(line, calls)


def keepalives(line):
    """Blank lines between, before and glued to messages, cut too, and the answers to them."""
    blank = Words(b'\r\n\r\n', b'\r\n\r\n')
    answer = Words(b'\r\n', b'\r\n')
    calls = yield from begun(line, 1)
    for lengths in ([2000], [1] * 20, [3, 100], [5, 2000]):
        calls[0].n += 1
        line.queue_stream('inside', [blank, calls[0].words(INVITE), blank, blank, calls[0].words(INVITE)], lengths)
        line.queue_stream('outside', [answer, calls[0].words(OK), answer, answer], lengths)
        yield from line.rest()
        line.queue_stream('inside', [answer, blank], [1])
        yield from line.rest()
    yield from ended(line, calls)


def large(line, whole):
    """20 kB, by headers, by a description, by another body, both ways."""
    headers, attributes = padding(20), long_sdp(250)
    calls = yield from begun(line, 2)
    for i, more in enumerate(({'pad': headers}, {'sdp_pad': attributes}, {'pad': padding(10), 'sdp_pad': attributes})):
        c = calls[i % 2]
        c.n += 1
        for side, template in (('inside', INVITE), ('outside', OK)):
            words = c.words(template, **more)
            line.queue(side, words, () if whole else range(500, 40000, 500))
            yield from line.rest()
        yield from line.say('inside', c.words(ACK))
    for side, template in (('inside', MESSAGE), ('outside', INFO)) * 2:
        line.queue(side, calls[0].words(template, pad='b' * 20000), () if whole else range(333, 40000, 333))
    yield from line.rest()
    calls[1].n += 1     # another body is another request
    line.queue_stream('inside', [calls[0].words(MESSAGE, pad='b' * 9000), calls[1].words(INVITE, pad=headers)] * 2, [60000])
    yield from line.rest()
    yield from ended(line, calls)


def lines(n):
    return [line(addr) for addr in (GROWS, SHRINKS) for _ in range(n)]


def every_byte():
    """in two pieces"""
    ll = lines(2)
    play_lines('cut at every byte', [(x, two_pieces(x, i % 2, 2)) for i, x in enumerate(ll)])


def at_random():
    """in three to ten pieces"""
    ll = lines(2)
    play_lines('1,000 random cuts', [(x, many_pieces(x, 256)) for x in ll])


def bytewise():
    """byte by byte"""
    play_lines('each byte a segment', [(x, single_bytes(x)) for x in lines(1)])


def shared():
    """several messages a segment"""
    play_lines('two, three, one and a half', [(x, shared_segments(x)) for x in lines(1)])


def blank_lines():
    """keep-alives"""
    play_lines('glued, cut and alone', [(x, keepalives(x)) for x in lines(1)])


def twenty_kilobytes():
    """20 kB over an MSS of 536"""
    play_lines('written at once', [(x, large(x, True)) for x in (line(GROWS, mss=536), line(SHRINKS, mss=536))])
    play_lines('written in pieces', [(x, large(x, False)) for x in (line(GROWS, mss=536), line(SHRINKS, mss=536))])
    play_lines('over the largest segments', [(x, large(x, True)) for x in (line(GROWS), line(SHRINKS))])


play(every_byte, at_random, bytewise, shared, blank_lines, twenty_kilobytes)

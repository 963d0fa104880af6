# SPDX-License-Identifier: GPL-2.0
# Crafted segments: overlaps, halves sent again, holes, FIN and RST in the middle of a message, SYN with
# data, probes, windows, timestamps, SACK, sequence numbers that wrap around.
# tags: 6.12
# limit: 300
# topo: masquerade
# with: tcp_addresses no_limits
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port out_of_dialog
from raw import *

SIDES = ((RAW_GROWS, (1000, 5000)), (RAW_SHRINKS, (1000, 5000)),
         (RAW_GROWS, (2**32 - 900, 2**32 - 700)))       # the third wraps around within the second message


def shape(fn, *arguments, **how):
    """A scenario on a fresh connection in the middle of a call; at its end all segments were sound, none private."""
    @functools.wraps(fn)
    def play_it():
        w = Wire(**how)
        fn(w, *arguments)
        if w.phone.sock.fileno() >= 0:
            w.sound()
    return play_it


def withheld(w, words, k, what='the first half'):
    """The first k bytes are sent: the server sees none of them, the phone has them acknowledged."""
    w.phone.send(w.p, words.inside[:k])
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + k, 2)
    equal(f'{what} is acknowledged', w.p + k, w.phone.last['ack'])
    seen = w.server.all()
    check(f'{what} does not arrive', not any(s.data for s in seen), *seen)
    check(f'nothing comes to the server from elsewhere than {w.q}', all(s.at == w.q for s in seen), *seen)


def completed(w, words, k, what='the second half'):
    """The rest is sent: the whole message arrives; the router acknowledges none of it, the server does."""
    w.phone.send(w.p + k, words.inside[k:])
    arrives(w, words, f'{what} makes it whole')
    w.phone.all()
    equal(f'{what} is not acknowledged by the router', w.p + k, w.phone.last['ack'])


def arrives(w, words, what):
    w.server.until(w.server.has(w.q + len(words.outside)), 2)
    return equal(what, words.outside, w.server.bytes(w.q, w.q + len(words.outside)))


def acknowledged(w, words):
    """The server's acknowledgement comes to the phone in its own numbers."""
    w.p, w.q = w.p + len(words.inside), w.q + len(words.outside)
    w.server_acks(w.q)
    w.phone.until(lambda: w.phone.last['ack'] >= w.p, 2)
    equal('it is acknowledged by the server', w.p, w.phone.last['ack'])


def halves(w):
    words = w.next()
    withheld(w, words, 300)
    completed(w, words, 300)
    acknowledged(w, words)
    w.passes('the next one', w.next())


def in_halves():
    """two halves"""
    for addr, iss in SIDES:
        shape(halves, addr=addr, iss=iss)()


def again(w):
    """any range that touches the message brings all of it again, the same bytes, until it is acknowledged."""
    words = w.next()
    n, m = len(words.inside), len(words.outside)
    withheld(w, words, 300)
    completed(w, words, 300)
    for a, b in ((0, 300), (300, n), (0, n), (10, 310), (295, n), (n - 1, n), (0, 1), (300, 301), (120, 130)):
        w.phone.send(w.p + a, words.inside[a:b])
        again = wire.Stream()
        again.start = w.q

        def whole():
            for s in w.server.all(0.02):
                if s.data:
                    again.put(s.at, s.data)
            return len(again.seen) >= m and all(again.seen[:m])
        check(f'{a} to {b} brings all of it again', eventually(whole, 1), bytes(again.bytes))
    acknowledged(w, words)
    # what is old now
    before = len(w.server.came)
    for a, b in ((0, 300), (300, n), (0, n), (10, 310), (n - 1, n)):
        w.phone.send(w.p - n + a, words.inside[a:b])
    w.server.all()
    check('old duplicates bring nothing new', w.server.end() == w.q, w.server.end(), w.q)
    check('nor anything private', not private(w.server.came[before:]), *private(w.server.came[before:]))
    w.server_acks(w.q)
    w.passes('the next one', w.next())


def repeated():
    """segments sent again"""
    for addr, iss in SIDES:
        shape(again, addr=addr, iss=iss)()


def whole_again(w):
    """a message that came in one segment, sent again by parts."""
    words = w.next()
    n = len(words.inside)
    w.phone.send(w.p, words.inside)
    arrives(w, words, 'it arrives')
    for a, b in ((0, 200), (200, n), (0, n), (199, 201)):
        w.phone.send(w.p + a, words.inside[a:b])
    w.server.all()
    equal('nothing comes behind it', w.q + len(words.outside), w.server.end())
    acknowledged(w, words)


def two_in_flight(w):
    """two messages in flight, the first one lost: each comes again as it was."""
    first, second = w.next(), w.next()
    n = len(first.inside)
    w.phone.send(w.p, first.inside)
    w.phone.send(w.p + n, second.inside)
    both = Words(first.inside + second.inside, first.outside + second.outside)
    arrives(w, both, 'both arrive')
    for a, b in ((0, n), (n, 2 * n), (n - 100, n + 100), (0, 1400), (n - 1, n), (n, n + 1)):
        w.phone.send(w.p + a, both.inside[a:b])
    w.server.all()
    equal('nothing comes behind them', w.q + len(both.outside), w.server.end())
    w.server_acks(w.q + len(first.outside))
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + n, 2)
    equal('the first is acknowledged alone', w.p + n, w.phone.last['ack'])
    w.phone.send(w.p, both.inside[:1400])      # the sender did not see that, and sends both
    w.server.all()
    acknowledged(w, both)


def glued(w):
    """a segment that completes one message and begins the next."""
    first, second = w.next(), w.next()
    n = len(first.inside)
    withheld(w, first, 200)
    w.phone.send(w.p + 200, first.inside[200:] + second.inside[:150])
    arrives(w, first, 'the first arrives')
    w.server.all()
    equal('of the second nothing', w.q + len(first.outside), w.server.end())
    w.phone.all()
    equal('neither is acknowledged', w.p + 200, w.phone.last['ack'])
    w.p, w.q = w.p + n, w.q + len(first.outside)
    w.server_acks(w.q)
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + 150, 2)
    equal('with the first the head of the second is', w.p + 150, w.phone.last['ack'])
    completed(w, second, 150, 'its rest')
    acknowledged(w, second)


def behind_unacknowledged(w):
    """a half behind a message that is not acknowledged yet."""
    first, second = w.next(), w.next()
    w.phone.send(w.p, first.inside)
    arrives(w, first, 'the first arrives')
    w.phone.send(w.p + len(first.inside), second.inside[:100])
    w.phone.all()
    equal('nothing is acknowledged in the server\'s name', w.p, w.phone.last['ack'])
    w.p, w.q = w.p + len(first.inside), w.q + len(first.outside)
    w.server_acks(w.q)
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + 100, 2)
    equal('the server\'s acknowledgement is advanced', w.p + 100, w.phone.last['ack'])
    completed(w, second, 100)
    acknowledged(w, second)


def partial_ack(w):
    """the server acknowledges a part of a message."""
    words = w.next()
    withheld(w, words, 300)
    completed(w, words, 300)
    m = len(words.outside)
    for n in (1, m // 2, m - 1):
        w.server_acks(w.q + n)
        w.phone.all()
        check(f'{n} of {m} bytes: the end of it is not', w.phone.last['ack'] < w.p + len(words.inside), w.phone.last)
        w.phone.send(w.p + 300, words.inside[300:])
        seen = w.server.all()
        check('so it comes again', any(s.at <= w.q + n < s.at + len(s.data) for s in seen), *seen)
    acknowledged(w, words)
    w.passes('the next one', w.next())


def fin_with_half(w):
    """FIN with half a message."""
    words = w.next()
    w.phone.send(w.p, words.inside[:300], ACK_ | FIN)
    w.server.until(lambda: w.server.fin is not None, 2)
    equal('the half arrives as it was', words.inside[:300], w.server.bytes(w.q, w.q + 300))
    equal('with the FIN behind it', w.q + 300, w.server.fin)
    farewell(w, 300)


def fin_after_half(w):
    """FIN behind a half that is withheld."""
    words = w.next()
    withheld(w, words, 300)
    for _ in range(2):      # and once more, as if it had been lost
        w.server.fin, before = None, len(w.server.came)
        w.phone.send(w.p + 300, b'', ACK_ | FIN)
        w.server.until(lambda: w.server.fin is not None, 2)
        equal('the half leaves with it', (words.inside[:300], w.q + 300), (w.server.bytes(w.q, w.q + 300), w.server.fin))
        check('in this packet or another', any(s.data for s in w.server.came[before:]), *w.server.came[before:])
    farewell(w, 300)


def farewell(w, n):
    """The FIN and what was before it are acknowledged, the server still talks, then closes."""
    w.server_acks(w.q + n + 1)
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + n + 1, 2)
    equal('both are acknowledged', w.p + n + 1, w.phone.last['ack'])
    w.server.send(0, b'bye bye', ACK_ | FIN)
    w.phone.until(lambda: w.phone.fin is not None, 2)
    equal('the other direction is as it was', (b'bye bye', 7), (w.phone.bytes(0, 7), w.phone.fin))
    w.phone.acked = 8
    w.phone.send(w.p + n + 1)
    w.server.until(lambda: w.server.last['ack'] == 8, 2)
    equal('its FIN is acknowledged', 8, w.server.last['ack'])


def rst_in_half(w):
    """RST in the middle of a message."""
    words = w.next()
    withheld(w, words, 300)
    w.phone.send(w.p + 300, b'', RST | ACK_)
    w.server.until(lambda: w.server.reset is not None, 2)
    # RFC 5961 3.2: it must be exactly what comes next, or it is challenged and not believed
    equal('the server believes it', w.server.end(), w.server.reset)
    w.sound()
    for end in (w.phone, w.server):
        end.sock.close()
    new = Wire(addr=w.phone.addr, port=w.phone.port, iss=(800000, 900000))
    new.passes('a new connection of the same ports begins afresh: a message', new.next(), [100])
    new.sound()


def rst_from_server(w):
    """RST from the server while half a message is withheld."""
    words = w.next()
    withheld(w, words, 300)
    w.server.send(0, b'', RST | ACK_)
    w.phone.until(lambda: w.phone.reset is not None, 2)
    equal('the phone believes it', 0, w.phone.reset)


def hole(w):
    """a segment beyond a hole, then the hole."""
    for order in ((0, 2, 1), (2, 0, 1), (2, 1, 0), (1, 2, 0), (1, 0, 2)):
        words = w.next()
        n = len(words.inside)
        parts = {0: (0, 150), 1: (150, 400), 2: (400, n)}
        for i in order:
            a, b = parts[i]
            w.phone.send(w.p + a, words.inside[a:b])
        w.server.all(0.1)
        for _ in range(3):      # what is not acknowledged is sent again
            if w.server.has(w.q + len(words.outside))():
                break
            a = max(0, w.phone.last['ack'] - w.p)
            w.phone.all(0.05)
            w.phone.send(w.p + a, words.inside[a:])
            w.server.all(0.1)
        arrives(w, words, f'parts in the order {order}')
        acknowledged(w, words)


def message_beyond_hole(w):
    """a whole message beyond a hole."""
    first, second = w.next(), w.next()
    n = len(first.inside)
    w.phone.send(w.p + n, second.inside)
    seen = w.server.all()
    check('is not passed as it is', not private(seen), *seen)
    w.phone.all(0.05)
    w.phone.send(w.p, first.inside)
    arrives(w, first, 'the first one')
    w.phone.send(w.p + n, second.inside)
    arrives(w, Words(first.inside + second.inside, first.outside + second.outside), 'both')
    acknowledged(w, Words(first.inside + second.inside, first.outside + second.outside))


def syn_with_data():
    """SYN with data"""
    probe = Wire()      # only for its words
    for data in (probe.next().inside, probe.next().inside[:100]):
        w = Wire(syn_data=data, first=False)
        syns = [s for s in w.server.came if s.flags & SYN]
        check('the SYN arrives without it', syns and not syns[0].data, *syns)
        check('nothing private arrives', not private(w.server.came), *w.server.came)
        w.learn()
        w.passes('then the phone sends it as others do; the next one', w.next(), [50])
        w.sound()


def probes(w):
    """keep-alive probes."""
    for data in (b'', b'x'):
        w.phone.send(w.p - 1, data)
        seen = w.server.all()
        check('a probe with nothing withheld comes before the stream\'s end', seen and all(s.at < w.q for s in seen), *seen)
        w.server_acks(w.q)
        w.phone.all()
        equal('and is answered', w.p, w.phone.last['ack'])
    words = w.next()
    withheld(w, words, 300)
    for data in (b'', words.inside[299:300]):
        before = len(w.phone.came)
        w.phone.send(w.p + 299, data)
        seen = w.server.all()
        check('a probe behind what is withheld brings no byte of it', w.server.end() == w.q and not private(seen), *seen)
        for s in seen:
            w.server_acks(w.q)
        answered = w.phone.until(lambda: any(s.ack == w.p + 300 for s in w.phone.came[before:]), 2)
        check('and is answered with all of it', answered, *w.phone.came[before:])
    completed(w, words, 300)
    acknowledged(w, words)


def old_position(w):
    """an acknowledgement from an old position."""
    words, info = w.next(), w.call.words(INFO)
    withheld(w, words, 300)
    w.server.send(0, info.outside)
    w.phone.until(w.phone.has(len(info.inside)), 2)
    # Linux acknowledges from the edge of the window where that has shrunk; here, from before what is withheld
    w.phone.acked = len(info.inside)
    before = len(w.server.came)
    for at in (w.p, w.p + 100, w.p + 300):
        w.phone.send(at)
        w.server.until(lambda: any(s.ack == len(info.outside) and s.at >= w.q for s in w.server.came[before:]), 1)
        seen, before = w.server.came[before:], len(w.server.came)
        check(f'{at - w.p} behind the message\'s start: comes where the server reads it, with the data\'s acknowledgement',
              any(s.ack == len(info.outside) and w.q <= s.at <= w.q + 300 for s in seen) or at == w.p + 300 and not seen, *seen)
    completed(w, words, 300)
    acknowledged(w, words)


def zero_window(w):
    """the server closes its window."""
    words = w.next()
    w.server.window = 0
    w.server_acks(w.q)
    w.phone.until(lambda: w.phone.last['window'] == 0, 2)
    equal('the phone sees it', 0, w.phone.last['window'])
    w.phone.send(w.p - 1)                       # Linux probes so
    check('a probe arrives', w.server.until(lambda: w.server.came[-1].at < w.q, 2), w.server.came[-1])
    w.server_acks(w.q)
    w.phone.all()
    w.phone.send(w.p, words.inside[:1])         # others so
    w.server.all()
    check('not a byte comes into it', w.server.end() <= w.q + 1, w.server.end())
    w.server_acks(w.q)
    w.phone.all()
    equal('it stays closed for the phone', 0, w.phone.last['window'])
    w.server.window = 60000
    w.server_acks(w.q)
    w.phone.until(lambda: w.phone.last['window'] > 0, 2)
    equal('and is open again, up to where it was opened', w.p + 60000, w.phone.last['ack'] + w.phone.last['window'])
    a = max(0, w.phone.last['ack'] - w.p)
    w.phone.send(w.p + a, words.inside[a:])
    arrives(w, words, 'the message arrives')
    acknowledged(w, words)


def own_ack(w):
    """the router's acknowledgements in the server's name."""
    words = w.next()
    w.server.window = 12345
    w.server_acks(w.q)
    w.phone.until(lambda: w.phone.last['window'] == 12345, 2)
    before = len(w.phone.came)
    w.phone.send(w.p, words.inside[:300])
    sent = w.phone.clock
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + 300, 2)
    acks = [s for s in w.phone.came[before:] if s.ack == w.p + 300]
    check('there is one', len(acks) == 1, *w.phone.came[before:])
    if not acks:
        return
    ack = acks[0]
    equal('from the server\'s last position', 0, ack.at)
    equal('with its window, up to the same place', w.p + 12345, ack.ack + ack.window)
    equal('without data', (b'', ACK_), (ack.data, ack.flags))
    if w.phone.clock is not None:
        equal('the time is the server\'s last, and the phone\'s own comes back', (w.server.clock, sent), ack.ts)
    completed(w, words, 300)
    if w.phone.clock is not None:
        whole = [s for s in w.server.came if s.data][-1]
        equal('the whole message carries the time of its last segment', w.phone.clock, whole.ts and whole.ts[0])
    acknowledged(w, words)
    w.passes('the next one', w.next(), [10, 20])


def sack(w):
    """SACK around messages whose length changed."""
    first, second, third = w.next(), w.next(), w.next()
    n, m = len(first.inside), len(first.outside)
    withheld(w, first, 300)
    completed(w, first, 300)
    w.phone.send(w.p + n, second.inside)
    w.phone.send(w.p + 2 * n, third.inside)
    w.server.until(w.server.has(w.q + 3 * m), 2)
    w.server_acks(w.q, sack=[(w.q + m, w.q + 2 * m)])
    blocks(w, 'the second has come, the first has not', [(w.p + n, w.p + 2 * n)])
    w.server_acks(w.q, sack=[(w.q + 2 * m, w.q + 3 * m), (w.q + m, w.q + 2 * m)])
    blocks(w, 'the third too', [(w.p + 2 * n, w.p + 3 * n), (w.p + n, w.p + 2 * n)])
    w.server_acks(w.q, sack=[(w.q + m, w.q + 3 * m)])
    blocks(w, 'both in one block', [(w.p + n, w.p + 3 * n)])
    equal('the acknowledgement stays where it was', w.p + 300, w.phone.last['ack'])
    w.server_acks(w.q, sack=[(w.q + m + 50, w.q + 3 * m - 50)])
    seen = blocks(w, 'of a part of a message', None)
    check('no more is said to have come than has', all(w.p + n <= a < b <= w.p + 3 * n - 1 for a, b in seen), seen)
    w.phone.send(w.p + 300, first.inside[300:])
    w.server.all()
    w.server_acks(w.q + 3 * m, sack=[(w.q, w.q + m)])      # RFC 2883
    seen = blocks(w, 'of what came twice', None)
    check('it is within the phone\'s stream', all(w.p <= a < b <= w.p + n for a, b in seen), seen)
    equal('all is acknowledged', w.p + 3 * n, w.phone.last['ack'])
    w.p, w.q = w.p + 3 * n, w.q + 3 * m
    w.passes('the next one', w.next())


def blocks(w, what, expected):
    """The blocks of the next acknowledgement that has some."""
    before = len(w.phone.came)
    w.phone.until(lambda: len(w.phone.came) > before, 2)
    seen = w.phone.came[-1].sack
    if expected is not None:
        equal(what, expected, seen)
    return seen


def differing(w):
    """an overlap whose bytes differ."""
    words = w.next()
    n = len(words.inside)
    withheld(w, words, 300)
    other = words.inside.replace(b'Alice', b'Malic')
    before = len(calls())
    for _ in range(2):
        w.phone.send(w.p + 20, other[20:])
        w.server.until(w.server.has(w.q + n), 2)
    got = w.server.bytes(w.q, w.server.end())
    check('what is held and what came leave as they were', got in (words.inside, other, words.inside[:300] + other[300:]), got)
    end = w.server.end()
    w.server_acks(end)
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + n, 2)
    equal('and are acknowledged', w.p + n, w.phone.last['ack'])
    # from here on it is a stream like any other
    text = w.next().inside + b'after the end ' * 50
    w.phone.send(w.p + n, text)
    w.server.until(w.server.has(end + len(text)), 2)
    equal('then all passes as it is', text, w.server.bytes(end, end + len(text)))
    w.server_acks(end + len(text))
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + n + len(text), 2)
    equal('and is acknowledged too', w.p + n + len(text), w.phone.last['ack'])
    equal('no call was made of it', before, len(calls()))


def from_outside(w):
    """Messages to inside: halves, again, acknowledged."""
    words = w.call.words(INFO)
    sent, seen = words.outside, words.inside
    for k in (1, 200, len(sent) - 1):
        p, q = len(w.phone.stream.bytes), w.server_at
        w.server.send(q, sent[:k])
        w.server.until(lambda: w.server.last['ack'] >= q + k, 2)
        equal(f'{k} bytes are acknowledged to the server', q + k, w.server.last['ack'])
        w.server.send(q + k, sent[k:])
        w.phone.until(w.phone.has(p + len(seen)), 2)
        equal('the whole one arrives', seen, w.phone.bytes(p, p + len(seen)))
        w.server.send(q, sent[:k])
        w.server.send(q + k, sent[k:])
        w.phone.all()
        equal('nothing behind it', p + len(seen), w.phone.end())
        w.phone.acked = p + len(seen)
        w.phone.send(w.p)
        w.server.until(lambda: w.server.last['ack'] >= q + len(sent), 2)
        equal('it is acknowledged', q + len(sent), w.server.last['ack'])
        w.server_at = q + len(sent)


def to_inside():
    """messages to inside"""
    for addr, iss in SIDES:
        w = Wire(addr=addr, iss=iss)
        w.server_at = 0
        ok = w.call.words(OK, n=w.call.n - 1)
        w.server.send(0, ok.outside)
        w.phone.until(w.phone.has(len(ok.inside)), 2)
        equal('the 200', ok.inside, w.phone.bytes(0, len(ok.inside)))
        w.phone.acked = len(ok.inside)
        w.phone.send(w.p)
        w.server.until(lambda: w.server.last['ack'] >= len(ok.outside), 2)
        equal('is acknowledged', len(ok.outside), w.server.last['ack'])
        w.server_at = len(ok.outside)
        from_outside(w)
        w.sound()


def policy(w):
    """a message that policy drops."""
    unknown = w.next(MESSAGE).inside.replace(b'MESSAGE', b'NOVELTY')
    with settings(unknown_nat=0):
        for cuts in ([], [200]):
            w.passes('CRLF in its place', Words(unknown, b'\r\n'), cuts)
            w.passes('the next one', w.next(), cuts)
        follow = w.next()
        w.passes('CRLF and the next one', Words(unknown + follow.inside, b'\r\n' + follow.outside))


def tiny_window():
    """a window of 100 bytes"""
    w = Wire(window=100, first=False)
    c = w.call = LineCall(w)
    words = c.words(INVITE, totag='')
    p = q = 0
    accepted = bytearray()
    rounds = 0
    w.server_acks(0)
    w.phone.until(lambda: w.phone.last['window'] == 100, 2)
    while rounds < 60 and not framed(accepted):
        rounds += 1
        p = w.phone.last['ack']
        chunk = words.inside[p:p + min(100, w.phone.last['window'])]
        if not chunk and p < len(words.inside):
            check('the window is open for the phone', False, w.phone.last)
            break
        w.phone.send(p, chunk)
        for s in w.server.all(0.05):
            part = s.data[max(0, q - s.at):]        # a strict receiver takes what fits
            if s.at <= q and part:
                accepted += part[:100]
                q += len(part[:100])
                w.server_acks(q)
        w.phone.all(0.05)
    print(f'# {len(words.inside)} bytes became {len(accepted)} in {rounds} segments')
    check('the message arrives at last', framed(accepted) == len(accepted) > 0, bytes(accepted))
    c.learn(Message(bytes(accepted)))
    equal('it is the translated one', c.words(INVITE, totag='').outside, bytes(accepted))
    w.phone.until(lambda: w.phone.last['ack'] >= len(words.inside), 2)
    equal('all of it is acknowledged', len(words.inside), w.phone.last['ack'])
    w.sound()


def timed(fn, name):
    scenario = shape(fn, times=True)
    scenario.__doc__ = name
    return scenario


offloads_off('rtr', 'r0', 'r1')
play(in_halves, repeated, *map(shape, (whole_again, two_in_flight, glued, behind_unacknowledged, partial_ack, fin_with_half,
     fin_after_half, rst_in_half, rst_from_server, hole, message_beyond_hole)), syn_with_data,
     *map(shape, (probes, old_position, zero_window, own_ack)), timed(own_ack, 'the same with timestamps'),
     shape(sack), timed(sack, 'SACK and timestamps'), shape(differing), to_inside, shape(policy), tiny_window)

# SPDX-License-Identifier: GPL-2.0
# The rules S1 to S7 of streams, and M3 where a stream has a say in it: of each, what is accepted and opens
# something, and what is refused, passes bit for bit and opens nothing.
# limit: 400
# topo: masquerade
# with: tcp_addresses no_spurious
# after: expectations pinholes
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port
from raw import *

KEEPALIVE = b'\r\n\r\n'
OTHERS = {
    'a form of a page': b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000\r\n\r\n',
    'the preface of HTTP/2': b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'a record of TLS': bytes.fromhex('160301020001') + bytes(511),
    'STUN': bytes.fromhex('000100002112a442') + bytes(12),
    'zeros': bytes(20),
    'a request line of HTTP with a method of SIP': b'REGISTER /x HTTP/1.1\r\nHost: x\r\n\r\n',
}


def same(data):
    return Words(data, data)


def opened():
    """Numbers of calls that have not ended, and ports that wait."""
    return [w[0] for w in calls().values() if w[1] != 'ended'], waiting() + tcp_waiting()


def end_all():
    for n in opened()[0]:
        order(f'end {n}')
    in_router('conntrack', '-F')


def rule(fn):
    """A scene that begins and ends with nothing open."""
    @functools.wraps(fn)
    def play_it():
        try:
            fn()
        finally:
            end_all()
    return play_it


def an_invite(line):
    return LineCall(line).words(INVITE, totag='').inside


def read_by(before):
    m = moved(before)
    return m.get('requests', 0), m.get('responses', 0), m.get('calls_added', 0)


def accepts(what, line, script):
    """The script's messages are read and translated, and open something."""
    before = stats()
    try:
        run((line, script), seconds=30)
        fault = None
    except Missing as e:
        fault = e
    check(f'{what}: it is read and translated', not fault, fault)
    check(f'{what}: and opens its ports', read_by(before)[2] == 1 and opened()[1], read_by(before), opened())
    line.close()
    end_all()


def refuses(what, line, script):
    """All arrives as it was sent, is not read, and opens nothing."""
    before = stats()
    try:
        run((line, script), seconds=30)
        fault = None
    except Missing as e:
        fault = e
    check(f'{what}: all arrives as it was', not fault, fault)
    equal(f'{what}: nothing is read', (0, 0, 0), read_by(before))
    equal(f'{what}: nothing is open', ([], []), opened())
    line.close()
    end_all()


# --- S1 ------------------------------------------------------------------------------


def taken_up(w):
    """The connection is forgotten, then an INVITE comes that could be its own: as the server sees it."""
    in_router('conntrack', '-F')
    data = an_invite(w)
    w.phone.send(0, data, ACK_ | PSH)
    w.server.until(w.server.has(len(data)))
    return data, bytes(w.server.stream.bytes)


@rule
def s1():
    """S1"""
    before = stats()
    w = Wire(first=False)
    w.learn()
    w.passes('a stream seen from its handshake is read: a message', w.next(), [100])
    check('and opens its ports', opened()[1] and read_by(before)[2] == 1, opened())
    end_all()
    with untranslated():
        before = stats()
        data, seen = taken_up(Wire(first=False))
        equal('one in mid-course is not: the message arrives as it was', data, seen)
        equal('and is not read', (0, 0, 0), read_by(before))
        equal('nor opens anything', ([], []), opened())
        # in the middle of one whose beginning was read, too, and for the other direction
        w = Wire(first=False)
        info = LineCall(w).words(INFO)
        before = stats()
        words = an_invite(w)
        in_router('conntrack', '-F')
        w.phone.send(0, words, ACK_ | PSH)
        w.server.until(w.server.has(len(words)))
        w.server.send(0, info.inside, ACK_ | PSH)
        w.phone.until(w.phone.has(len(info.inside)))
        equal('nor in the other direction: its messages arrive as they were', (words, info.inside),
              (w.server.bytes(0, len(words)), w.phone.bytes(0, len(info.inside))))
        equal('and are not read', (0, 0, 0), read_by(before))
        equal('and open nothing', ([], []), opened())
    with settings(tcp_resync=1), untranslated():
        before = stats()
        data, seen = taken_up(Wire(first=False))
        check('with tcp_resync=1 it is taken up', data == seen and read_by(before)[2] == 1, seen, read_by(before))
        end_all()
        for what, begun_, forgotten in (('where a header section is cut', None, True),
                                        ('where it began as something else', OTHERS['a form of a page'], False)):
            before, w = stats(), Wire(first=False)
            text = an_invite(w)
            first = begun_ or text[:120]
            rest = text if begun_ else text[120:]
            if forgotten:
                in_router('conntrack', '-F')
            w.phone.send(0, first, ACK_ | PSH)
            w.server.until(w.server.has(len(first)))
            w.phone.send(len(first), rest, ACK_ | PSH)
            w.server.until(w.server.has(len(first + rest)))
            equal(f'but not {what}', (first + rest, (0, 0, 0)), (w.server.bytes(0, len(first + rest)), read_by(before)))


@rule
def s7():
    """S7"""
    for what, first in (('a stream whose offsets are forgotten', True), ('one on which nothing was said', False)):
        before, w = stats(), Wire(first=first)
        if first:
            end_all()
            before = stats()
        w.server.acked = w.server.end()
        in_router('conntrack', '-F')
        w.phone.send(w.p, an_invite(w), ACK_ | PSH)
        is_ended(what, w.phone, w.server)
        equal(f'{what}: it is not read, and opens nothing', ((0, 0, 0), ([], [])), (read_by(before), opened()))


# --- S2 ------------------------------------------------------------------------------


def with_keepalives(line, first):
    if first:
        yield from line.say('inside', same(first))
    c = yield from line.call()
    yield from line.say('inside', same(KEEPALIVE))
    yield from line.say('outside', same(b'\r\n'))
    yield from line.again(c, [50], [60])


def begins_as(line, side, first):
    """One side begins so; then both talk SIP, which would open ports and be translated."""
    c = LineCall(line)
    yield from line.say(side, same(first), [1])
    for _ in range(2):
        yield from line.say('inside', same(c.words(INVITE, totag='').inside))
        yield from line.say('outside', same(c.words(OK).inside))
        yield from line.say('outside', same(c.words(INFO).outside))
        yield from line.say('inside', same(c.words(INFO_OK).inside))


@rule
def s2():
    """S2"""
    for what, first in (('a start line of SIP', b''), ('keep-alives, then one', KEEPALIVE * 3)):
        line = Line(GROWS)
        accepts(what, line, with_keepalives(line, first))
    for what, first in OTHERS.items():
        for side in ('inside', 'outside'):
            before = stats()
            line = Line((GROWS, SHRINKS)[side == 'inside'])
            refuses(f'{what}, from {side}', line, begins_as(line, side, first))
            equal(f'{what}, from {side}: it is counted', 1, moved(before).get('tcp_not_sip', 0))
    line = Line(GROWS)
    refuses('keep-alives, then a form', line, begins_as(line, 'inside', KEEPALIVE + OTHERS['a form of a page']))


# --- S3 ------------------------------------------------------------------------------


def in_one_row(line):
    """A call, then a message whose body is one too, and two glued to each other."""
    c = yield from line.call()
    inner = LineCall(line).words(INVITE, totag='').inside.decode().replace('\r\n', '\n').replace('{', '').replace('}', '')
    yield from line.say('inside', c.words(MESSAGE, pad=inner))
    c.n += 1
    first = c.words(INVITE)
    ack = c.words(ACK)
    line.queue_stream('inside', [first, ack, c.words(MESSAGE)], [3000])
    yield from line.rest()


def behind(line, call, junk):
    """Behind a message that is whole comes what is none, and then messages again."""
    c, = call
    yield from line.say('inside', same(junk))
    for _ in range(3):
        c.n += 1
        yield from line.say('inside', same(c.words(INVITE).inside))
        yield from line.say('inside', same(an_invite(line)))
        yield from line.say('outside', same(c.words(OK).outside))


def up(line):
    """A call on it, known to the router."""
    known = []

    def script():
        known.append((yield from line.call()))
    run((line, script()), seconds=30)
    return known


def breaks(what, line, script, counter='tcp_not_sip'):
    """The stream had a call; from here on nothing is read, and the call stands with what it has open."""
    was, before = opened(), stats()
    try:
        run((line, script), seconds=30)
        fault = None
    except Missing as e:
        fault = e
    check(f'{what}: all arrives as it was', not fault, fault)
    equal(f'{what}: nothing is read any more', (0, 0, 0), read_by(before))
    equal(f'{what}: it is counted', 1, moved(before).get(counter, 0))
    equal(f'{what}: the call stands, and nothing else is open', was, opened())
    line.close()
    end_all()


@rule
def s3():
    """S3"""
    line = Line(GROWS)
    accepts('a message begins where the one before it ends', line, in_one_row(line))
    for what, junk in (('a word that no method is', b'x=1'), ('a blank', b' '), ('a form', OTHERS['a form of a page']), ('a zero', b'\0'),
                       ('a bare LF', b'\n'), ('some words', b'no SIP\r\n\r\n')):
        line = Line(SHRINKS)
        breaks(f'{what} between two messages', line, behind(line, up(line), junk))
    # a length that is short, and one that is long: then another message would begin in the midst of the next
    for what, delta in (('short by 10', -10), ('long by 10', 10)):
        line = Line(GROWS)
        c, = call = up(line)
        c.n += 1
        m = c.words(INVITE).inside
        n = int(re.search(rb'Content-Length: (\d+)', m).group(1))
        wrong = m.replace(b'Content-Length: %d' % n, b'Content-Length: %d' % (n + delta))
        before = stats()
        line.inside.out.append(wrong + an_invite(line))
        got = line.outside.got

        def enough():
            return got.count(b'INVITE sip:') >= 2
        try:
            run((line, iter([enough])), seconds=10)
        except Missing as e:
            say(str(e))
        check(f'a length {what}: the message behind it arrives as it was', got.endswith(an_invite_end(line)), bytes(got))
        equal(f'a length {what}: no call begins', 0, read_by(before)[2])
        line.close()
        end_all()


def an_invite_end(line):
    """What every INVITE of a line ends with, in the words of the inside."""
    return f'c=IN IP4 {line.real[0]}\r\n'.encode()


# --- S4 ------------------------------------------------------------------------------


def seen_from(w, n):
    return w.server.bytes(w.q, w.q + n)


@rule
def s4():
    """S4"""
    for addr in (RAW_GROWS, RAW_SHRINKS):
        w = Wire(addr=addr)
        words = w.next()
        n, m = len(words.inside), len(words.outside)
        w.phone.send(w.p, words.inside)
        w.server.until(w.server.has(w.q + m))
        for a, b in ((0, n), (0, 200), (200, n), (100, 300)):
            w.phone.send(w.p + a, words.inside[a:b])
        w.server.all()
        equal('a range that is repeated gives the same bytes again', (words.outside, w.q + m), (seen_from(w, m), w.server.end()))
        w.p, w.q = w.p + n, w.q + m
        w.server_acks(w.q)
        w.phone.until(lambda: w.phone.last['ack'] >= w.p, 2)
        # beyond a hole
        before, first, second = stats(), w.next(), w.next()
        w.phone.send(w.p + n, second.inside)
        seen = w.server.all()
        check('what is beyond a hole is withheld', not any(s.data for s in seen), *seen)
        check('and counted', moved(before).get('tcp_beyond', 0) > 0 and not read_by(before)[0], moved(before))
        w.phone.send(w.p, first.inside)
        w.phone.send(w.p + n, second.inside)
        w.server.until(w.server.has(w.q + 2 * m))
        equal('until the hole is filled', first.outside + second.outside, seen_from(w, 2 * m))
        w.p, w.q = w.p + 2 * n, w.q + 2 * m
        w.server_acks(w.q)
        w.sound()
        end_all()
        # other bytes at the same place
        w = Wire(addr=addr)
        words = w.next()
        before = stats()
        w.phone.send(w.p, words.inside[:300])
        w.phone.until(lambda: w.phone.last['ack'] >= w.p + 300)
        w.phone.send(w.p + 200, b'X' * 100 + words.inside[300:])
        w.server.until(w.server.has(w.q + n), 2)
        check('an overlap whose bytes differ ends the reading', read_by(before) == (0, 0, 0) and
              moved(before).get('tcp_broken', 0) + moved(before).get('tcp_not_sip', 0) == 1, moved(before))
        check('no byte of it is translated', words.inside[:200] == seen_from(w, 200), seen_from(w, n))
        end = w.server.end()
        w.server_acks(end)
        w.phone.all(0.1)
        another = w.next()
        w.phone.send(w.p + n, another.inside)
        w.server.until(w.server.has(end + n), 2)
        equal('nor of the next message', another.inside, w.server.bytes(w.q + n, w.q + 2 * n))
        equal('which is not read', (0, 0, 0), read_by(before))
        end_all()


# --- S5 ------------------------------------------------------------------------------


HEAD = 'INVITE sip:x@example.com SIP/2.0\r\nVia: SIP/2.0/TCP {}:{};branch=z9hG4bKs5;rport\r\n'


def unfinished(line, n):
    """The beginning of a message, of so many bytes, all of them whole header lines."""
    text = HEAD.format(*line.real).encode()
    while len(text) < n:
        text += b'X-Padding: ' + b'p' * min(900, max(1, n - len(text) - 13)) + b'\r\n'
    return text


def large(line, n):
    c = yield from line.call()
    words = c.words(MESSAGE, pad='x' * n)
    line.queue('inside', words, range(1000, len(words.inside), 1000))
    yield from line.rest()


def too_large(line):
    data = unfinished(line, 70000)
    line.queue('inside', same(data), range(1000, len(data), 1000))
    yield from line.rest()
    yield from begins_as(line, 'inside', b'x')


@rule
def s5():
    """S5"""
    line = Line(GROWS)
    accepts('a message of 60000 bytes', line, large(line, 60000))
    before = stats()
    line = Line(GROWS)
    refuses('more than 65536 without an end', line, too_large(line))
    m = moved(before)
    equal('more than 65536 without an end: it is counted', 1, m.get('tcp_full', 0) + m.get('tcp_broken', 0))


@rule
def s5_namespace():
    """S5, all streams"""
    before = stats()
    lines_ = [Line(GROWS, port=46000 + i) for i in range(300)]     # 17 MB, of which 12 are held: the share of one host
    for line in lines_:
        line.inside.out.append(unfinished(line, 58000))
        line.inside.sock.setblocking(True)
        line.inside.push()
        line.inside.sock.setblocking(False)
    check('over its share they are counted', eventually(lambda: moved(before).get('tcp_full', 0) > 0, 5), moved(before))
    time.sleep(0.5)
    for line in lines_:
        while True:
            n = len(line.outside.got)
            line.outside.pull()
            if len(line.outside.got) == n:
                break
    whole = [line for line in lines_ if line.outside.got == unfinished(line, 58000)]
    held = [line for line in lines_ if not line.outside.got]
    check('up to there nothing of them leaves', 180 <= len(held) < 210, len(held))
    check('those at hand then leave as they were', whole and len(whole) + len(held) == 300, len(whole), len(held))
    equal('as many as are counted', len(whole), moved(before).get('tcp_full', 0))
    before = stats()
    for line in whole[:3]:
        del line.outside.got[:]
        try:
            run((line, begins_as(line, 'inside', b'\r\n')), seconds=20)
            fault = None
        except Missing as e:
            fault = e
        check('they are left alone: what follows arrives as it was', not fault, fault)
    equal('and is not read', (0, 0, 0), read_by(before))
    for line in lines_:
        line.close()
    check('the cap is free again', eventually(one_is_read, 10))


def one_is_read():
    line = Line(SHRINKS)
    try:
        up(line)
        return True
    except Missing as e:
        say(str(e))
        return False
    finally:
        line.close()


# --- S6 ------------------------------------------------------------------------------


GOOD = ('Content-Length: {}', 'l: {}', 'CONTENT-LENGTH :{}', 'Content-Length:\r\n {}', 'Content-Length: 000{}',
        'Content-Length:\t{}  ')
BAD = {
    'missing': '', 'empty': 'Content-Length:', 'no number': 'Content-Length: x', 'hexadecimal': 'Content-Length: 0x{}',
    'with a letter behind it': 'Content-Length: {}x', 'with a letter before it': 'Content-Length: x{}',
    'negative': 'Content-Length: -{}', 'with a plus': 'Content-Length: +{}', 'two numbers': 'Content-Length: {} {}',
    'a list': 'Content-Length: {}, {}', 'a fraction': 'Content-Length: {}.0', 'in quotes': 'Content-Length: "{}"',
    '65536': 'Content-Length: 65536', '2**32 + its own': 'Content-Length: 4294967{}', '2**32': 'Content-Length: 4294967296',
    '2**64': 'Content-Length: 18446744073709551616', 'of thirty digits': 'Content-Length: 1' + '0' * 29,
    'repeated, another': 'Content-Length: {}\r\nContent-Length: 0', 'repeated, another first': 'Content-Length: 1\r\nl: {}',
}


def of_length(call, form):
    """The call's next INVITE whose Content-Length is written so, in the words of both sides."""
    call.n += 1
    words = call.words(INVITE)
    out = []
    for m in words:
        n = re.search(rb'Content-Length: (\d+)\r\n', m)
        value = n.group(1).decode()
        text = form.replace('4294967{}', str(2**32 + int(value))).replace('{}', value)
        out.append(m.replace(n.group(0), (text + '\r\n').encode() if text else b''))
    return Words(*out)


def by_a_good_length(line):
    """The stream goes on behind each: of the length's own form only the digits may have changed."""
    c = yield from line.call()
    for form in GOOD:
        line.inside.out.append(of_length(c, form).inside)
        got = line.outside.got
        yield lambda: got.count(b'm=video') == 1 and got.endswith(b'\r\n')
        m = Message(bytes(got), line.mapped)
        if m.sdp.addr != ROUTER or int(m['content-length']) != len(m.body):
            raise Different(f'{form}: {m.data!r}')
        del got[:]
        yield from line.say('inside', c.words(ACK))


def by_a_bad_length(line, call, form):
    c, = call
    yield from line.say('inside', same(of_length(c, form).inside + b'Z'))
    for _ in range(3):
        yield from line.say('inside', same(an_invite(line)))
        yield from line.say('outside', same(c.words(OK).outside))


@rule
def s6():
    """S6"""
    line = Line(GROWS)
    accepts('in every spelling', line, by_a_good_length(line))
    for i, (what, form) in enumerate(BAD.items()):
        line = Line((GROWS, SHRINKS)[i % 2])
        breaks(f'a Content-Length {what}', line, by_a_bad_length(line, up(line), form), 'tcp_broken')


# --- M3 ------------------------------------------------------------------------------


def an_offer(line, via):
    """An INVITE with that in its Via; the stream is read on behind it."""
    yield from line.say('inside', same(KEEPALIVE))
    line.inside.out.append(an_invite(line).replace(f'TCP {line.real[0]}:{line.real[1]}'.encode(), via.encode()))
    yield lambda: framed(line.outside.got)


@rule
def m3():
    """M3, TCP"""
    for via in ('TCP {addr}:{port}', 'TCP {addr}:5060', 'TCP {addr}', 'TCP phone.example.com', f'TCP {ROUTER}:5060'):
        before, line = stats(), Line(GROWS)
        run((line, an_offer(line, via.format(addr=line.real[0], port=line.real[1]))), seconds=20)
        check(f'{via} opens its ports', read_by(before) == (1, 0, 1) and opened()[1], read_by(before), opened())
        line.close()
        end_all()
    for via in ('UDP {addr}:{port}', 'udp {addr}', 'UDP phone.example.com', f'TCP {PHONE}:5060', f'TCP {PROVIDER}:5060',
                'TCP [fd00:1::2]:5060', 'TCP 127.0.0.1'):
        before, line = stats(), Line(GROWS)
        run((line, an_offer(line, via.format(addr=line.real[0], port=line.real[1]))), seconds=20)
        equal(f'{via} opens nothing', ((1, 0, 0), ([], []), 1), (read_by(before), opened(), moved(before).get('foreign_via')))
        line.close()
        end_all()


offloads_off('rtr', 'r0', 'r1')
play(s1, s2, s3, s4, s5, s5_namespace, s6, s7, m3)

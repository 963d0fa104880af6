# SPDX-License-Identifier: GPL-2.0
# What is not SIP passes a TCP port of the helper bit for bit, both ways, from the first byte or from a
# framing error on; what was translated before does not disturb what follows.
# limit: 300
# topo: masquerade
# with: tcp_addresses no_limits no_spurious
# after: expectations
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port
from lines import *

MB = 1 << 20
random.seed(3)


def same(data):
    return Words(data, data)


def noise(n):
    return same(random.randbytes(n))


def both_ways(line, n):
    """Bulk data, both directions at once."""
    line.queue('inside', noise(n))
    line.queue('outside', noise(n))
    yield from line.rest()


def untouched(line, template=INVITE):
    """A SIP message that nobody translates."""
    data = LineCall(line).words(template).inside
    line.queue('inside', same(data), random_cuts(data, 1, 3))
    yield from line.rest()


OPENINGS = {
    'HTTP': [('inside', b'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n'), ('outside', b'HTTP/1.1 200 OK\r\n\r\n')],
    'TLS': [('inside', bytes.fromhex('160301020001') + bytes(511)), ('outside', bytes.fromhex('1603030050') + bytes(80))],
    'SMTP, where the server begins': [('outside', b'220 mail.example.com ESMTP\r\n'), ('inside', b'EHLO x\r\n')],
    'a server that answers SIP with something else': [('outside', b'SSH-2.0-x\r\n'), ('inside', b'\r\n\r\n')],
    'a single zero': [('inside', b'\0'), ('outside', b'\0')],
    'a word that begins like SIP': [('inside', b'INVITATION\r\n'), ('outside', b'SIP/3.0 200 OK\r\n')],
    'HTTP behind blank lines': [('inside', b'\r\n\r\n'), ('inside', b'GET / HTTP/1.0\r\n\r\n')],
    'a line without end': [('inside', b'x' * 3000), ('outside', b'y' * 3000)],
}


def other_protocol(line, opening, n):
    for side, data in opening:
        yield from line.say(side, same(data), [1, 2])
    yield from both_ways(line, n)
    yield from untouched(line)
    yield from both_ways(line, 1000)


def plays(what, line, script):
    try:
        run((line, script), seconds=60)
        return check(f'{what}: the streams are what they must be', True)
    except Missing as e:
        return check(f'{what}: the streams are what they must be', False, e)
    finally:
        line.close()


def other_protocols():
    """other protocols"""
    for what, opening in OPENINGS.items():
        before = stats()
        line = Line(GROWS)
        plays(what, line, other_protocol(line, opening, 5 * MB if what in ('HTTP', 'TLS') else MB // 4))
        m = moved(before)
        equal(f'{what}: no message was read', 0, m.get('messages', 0))
        check(f'{what}: it is counted', m.get('tcp_not_sip', 0) > 0, m)
    equal('nothing is open', ([], {}), (waiting(), calls()))


def bad_length(value):
    """An INVITE with these Content-Length lines."""
    lines_ = ''.join(f'Content-Length: {v}\n' for v in value)
    return lambda c: fill(INVITE.replace('Content-Length: {length}\n', lines_).replace('{pad}', ''), c.real | {
        'id': c.id, 'n': c.n, 'totag': f';tag=o{c.id}', 'sdp_pad': ''})


def start_line(text):
    return lambda c: c.words(INVITE).inside.replace(b' SIP/2.0\r\n', text, 1)


FRAMING = {
    'no Content-Length': bad_length([]),
    'a Content-Length that is no number': bad_length(['12x']),
    'a negative one': bad_length([-1]),
    'one with a sign': bad_length(['+300']),
    'two that differ': bad_length([300, 301]),
    '2**32 and some': bad_length([2**32 + 10]),
    '65536': bad_length([65536]),
    'a list of two': bad_length(['300, 301']),
    'an empty one': bad_length(['']),
    'a version that is none': start_line(b' SIP/x\r\n'),
    'HTTP': start_line(b' HTTP/1.1\r\n'),
    'zeros': lambda c: bytes(1000),
    'a start line that never ends': lambda c: b'INVITE sip:' + b'x' * 20000,
    'headers that never end': lambda c: c.words(INVITE, pad=padding(80)).inside.partition(b'\r\nContent-Type')[0],
}


def lost(line, broken, cuts):
    """A call by the book, then what breaks the framing, then anything."""
    calls_ = yield from begun(line, 1)
    yield from line.again(calls_[0], [100], [100])
    calls_[0].n += 1
    data = broken(calls_[0])
    line.queue('inside', same(data + b'Z'), [c for c in cuts if c < len(data)])
    line.queue('inside', noise(1000))
    yield from line.rest()
    yield from both_ways(line, MB)
    for _ in range(3):
        yield from untouched(line)
        yield from both_ways(line, 5000)


def framing():
    """framing errors"""
    before = stats()
    for i, (what, broken) in enumerate(FRAMING.items()):
        for cuts in ([], [10, 200, 500]):
            line = Line((GROWS, SHRINKS)[i % 2])
            plays(f'{what}{", cut" if cuts else ""}', line, lost(line, broken, cuts))
    equal('each stream had one call', 2 * len(FRAMING), moved(before).get('calls_added', 0))
    equal('their calls stand: none was hung up by a bad length', 2 * len(FRAMING),
          sum(w[1] == 'up' for w in calls().values()))
    for w in calls().values():
        order(f'end {w[0]}')


def malformed_goes_on(line):
    """Malformed, but framed: passed as it is, and the stream goes on."""
    c, = yield from begun(line, 1)
    for old, new in ((b'Call-ID: ', b'Call-ID: x\r\nCall-ID: '), (b'Via: SIP/2.0/TCP', b'Viax: SIP/2.0/TC'),
                     (b'CSeq: ', b'CSeq: 7 BYE\r\nCSeq: '), (b'From: ', b'From: <sip:m@example.com>;tag=m\r\nFrom: ')):
        c.n += 1
        data = c.words(INVITE).inside.replace(old, new, 1)
        for cuts in ([], [100, 400]):
            line.queue('inside', same(data), cuts)
            yield from line.rest()
        yield from line.again(c, [50], [60])
        line.queue_stream('inside', [c.words(ACK), same(data), c.words(ACK)], [200] * 30)
        yield from line.rest()
    yield from ended(line, [c])


def malformed():
    """malformed, but framed"""
    for addr in (GROWS, SHRINKS):
        line = Line(addr)
        plays(addr, line, malformed_goes_on(line))


def wrong_via(line):
    """A Via of UDP over TCP: opens nothing, the stream goes on."""
    data = LineCall(line).words(INVITE).inside.replace(b'SIP/2.0/TCP', b'SIP/2.0/UDP')
    end = line.outside
    line.inside.out.append(data)
    yield lambda: framed(end.got)
    del end.got[:framed(end.got)]
    c, = yield from begun(line, 1)
    yield from ended(line, [c])


def via_of_udp():
    """a Via that says UDP"""
    before = stats()
    line = Line(GROWS)
    plays('it', line, wrong_via(line))
    equal('one call, that of the right Via', 1, moved(before).get('calls_added', 0))
    equal('nothing is open', [], waiting())


def half_then_close():
    """connections that end in the middle of a message"""
    for cut in (1, 20, 300):
        line = Line(GROWS)
        data = LineCall(line).words(INVITE).inside[:cut]
        line.inside.sock.setblocking(True)
        line.inside.sock.sendall(data)
        time.sleep(0.1)
        line.inside.sock.shutdown(socket.SHUT_WR)
        got, end = b'', line.outside.sock
        end.settimeout(3)
        try:
            while more := end.recv(65536):
                got += more
            equal(f'{cut} bytes, then FIN: all arrives, and the end', data, got)
            end.sendall(b'late')
            end.shutdown(socket.SHUT_WR)
            line.inside.sock.settimeout(3)
            equal(f'{cut} bytes, then FIN: the other direction too', b'late', line.inside.sock.recv(100))
        except OSError as e:
            check(f'{cut} bytes, then FIN', False, got, e)
        line.close()


def many_halves():
    """more unfinished messages than may be held"""
    before = stats()
    text = b'INVITE sip:x@example.com SIP/2.0\r\n' + padding(64).replace('\n', '\r\n').encode()
    pairs = []
    for i in range(300):        # 17 MB, of which 16 are held
        a, b, _ = tcp_connection((GROWS, 46000 + i), (PROVIDER, SIP_PORT))
        pairs.append((a, b))
        a.settimeout(WAIT)
        a.sendall(text)
    check('those over the cap are counted', eventually(lambda: moved(before).get('tcp_full', 0) > 0, 4), moved(before))
    bad = 0
    for a, b in pairs:
        a.shutdown(socket.SHUT_WR)
        b.settimeout(WAIT)
        got = bytearray()
        try:
            while more := b.recv(1 << 17):
                got += more
        except OSError as e:
            say(str(e))
        bad += got != text
        b.close()
        a.close()
    equal('each arrives whole, and as it was, at its end', 0, bad)
    line = Line(SHRINKS)
    plays('a call afterwards', line, one_call(line))


def one_call(line):
    calls_ = yield from begun(line, 1)
    yield from line.again(calls_[0], [10, 100], [30])
    yield from ended(line, calls_)


play(other_protocols, framing, malformed, via_of_udp, half_then_close, many_halves)

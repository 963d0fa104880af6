# SPDX-License-Identifier: GPL-2.0
"""What begins, moves, changes and ends a stream besides its own bytes.

    tcplife.py          with the module loaded
    tcplife.py unload ADDR   ends it in the middle of a connection of ADDR's"""
import subprocess
import sys
from raw import *

POST = b'POST / HTTP/1.1\r\nHost: x:5060\r\nContent-Length: 20000\r\n\r\n'


def quiet_wire(**how):
    """A connection on which nothing was said."""
    return Wire(first=False, **how)


def an_invite(w):
    """That could be this connection's own."""
    return LineCall(w).words(INVITE, totag='').inside


def reads_nothing(what, before):
    m = moved(before)
    equal(f'{what}: nothing was read', (0, 0), (m.get('requests', 0), m.get('calls_added', 0)))
    equal(f'{what}: nothing opened', ([], []), (waiting(), tcp_waiting()))


def second_syn_ack():
    """a server that answers the SYN again, so that a message would begin where it likes"""
    for what, when in (('at once', 'first'), ('after the POST', 'later'), ('in its middle', 'between')):
        before, w = stats(), quiet_wire()
        invite, at = an_invite(w), len(POST)
        body = POST + invite
        if when == 'first':
            w.server.send(0, b'', SYN | ACK_, ack=at)
        w.phone.send(0, body[:at], ACK_ | PSH)
        if when == 'between':
            w.server.send(0, b'', SYN | ACK_, ack=at)
        w.server.until(w.server.has(at))
        w.server_acks(at)
        if when == 'later':
            w.server.send(0, b'', SYN | ACK_, ack=at)
        w.phone.all(0.1)
        w.phone.send(at, invite, ACK_ | PSH)
        w.server.until(w.server.has(len(body)))
        equal(f'{what}: the bytes arrive as they were', body, w.server.bytes(0, len(body)))
        reads_nothing(what, before)
        w.phone.sock.close()
        w.server.sock.close()


def syn_ack_of_nobody():
    """a SYN-ACK that acknowledges another SYN than the one that was seen"""
    before, w = stats(), quiet_wire()
    w.server.send(0, b'', SYN | ACK_, ack=1000)
    w.phone.all(0.1)
    w.phone.last['ack'] = 0     # an end without a TCP believes everything
    w.learn()
    w.passes('a message of the connection as it began', w.next(), [100])
    equal('is read', 2, moved(before).get('requests'))


def syn_ack_repeated():
    """the same SYN-ACK again in mid-stream"""
    w = Wire()
    w.server.send(0, b'', SYN | ACK_, ack=0)
    w.phone.all(0.1)
    w.passes('a message behind it', w.next(), [100])


def ports_again():
    """a new connection of the same ports after the server's RST"""
    w = Wire(addr=RAW_SHRINKS)
    w.passes('a message', w.next(), [50])
    w.server.send(0, b'', RST | ACK_)
    w.phone.until(lambda: w.phone.reset is not None, 2)
    for end in (w.phone, w.server):
        end.sock.close()
    new = Wire(addr=w.phone.addr, port=w.phone.port, iss=(3000000000, 70000))
    new.passes('the new connection is read from its own beginning: a message', new.next(), [100])
    new.sound()


def probe_of_one_byte():
    """a keep-alive probe with a byte that means nothing, while half a message is held"""
    before, w = stats(), Wire()
    words = w.next()
    w.phone.send(w.p, words.inside[:300], ACK_ | PSH)
    w.phone.until(lambda: w.phone.last['ack'] == w.p + 300)
    w.phone.send(w.p + 299, b'\0')
    w.phone.all(0.1)
    w.phone.send(w.p + 300, words.inside[300:], ACK_ | PSH)
    w.server.until(w.server.has(w.q + len(words.outside)))
    equal('the message arrives, translated', words.outside, w.server.bytes(w.q, w.q + len(words.outside)))
    equal('and the stream is read on', 0, moved(before).get('tcp_broken', 0))


def smallest_segments():
    """a server that wants segments of one byte"""
    w = Wire(mss=1)
    words = w.next()
    came = len(w.server.came)
    w.passes('a message', words, [100])
    sizes = [len(s.data) for s in w.server.came[came:] if s.data]
    check('gets them of a size that paths carry', sizes and min(sizes[:-1] or [216]) >= 200, sizes)


def narrow_path():
    """a sender that has learned of a narrow path, of which the router knows nothing"""
    w = Wire()
    words = w.next(pad=padding(2))
    sizes = range(0, len(words.inside), 500)
    came = len(w.server.came)
    w.passes('a message of several segments', words, sizes[1:])
    largest = max(len(s.data) for s in w.server.came[came:])
    check('none is larger than what such a path carries', largest <= 536, largest)


def disabled():
    """enabled=0 in mid-stream"""
    w = Wire()
    w.passes('a message', w.next(), [50])
    words = w.next()
    w.phone.send(w.p, words.inside[:300], ACK_ | PSH)
    w.phone.until(lambda: w.phone.last['ack'] == w.p + 300)
    with settings(enabled=0):
        w.phone.send(w.p + 300, words.inside[300:], ACK_ | PSH)
        end = w.q + len(words.inside)
        w.server.until(w.server.has(end))
        equal('what was held leaves as it came', words.inside, w.server.bytes(w.q, end))
        w.server_acks(end)
        w.phone.until(lambda: w.phone.last['ack'] >= w.p + len(words.inside))
        equal('and is acknowledged', w.p + len(words.inside), w.phone.last['ack'])
        w.p, w.q = w.phone.last['ack'], end
        w.server.send(0, b'x' * 1000)
        w.phone.until(w.phone.has(1000))
        equal('the other direction is in order', b'x' * 1000, w.phone.bytes(0, 1000))
    words = w.next()
    w.phone.send(w.p, words.inside, ACK_ | PSH)
    w.server.until(w.server.has(w.q + len(words.inside)))
    equal('switched on again, it stays alone', words.inside, w.server.bytes(w.q, w.q + len(words.inside)))
    w.sound()


def forgotten():
    """a translated stream that was flushed"""
    for what, w in (('one that had changed', Wire()), ('one on which nothing was said', quiet_wire())):
        before = stats()
        w.server.acked = w.server.end()
        in_router('conntrack', '-F')
        w.phone.send(w.p, an_invite(w), ACK_ | PSH)
        is_ended(what, w.phone, w.server)
        equal(f'{what}: it is counted', (1, 0), tuple(moved(before).get(n, 0) for n in ('tcp_reset', 'requests')))
    with settings(tcp_resync=1):
        w = quiet_wire()
        in_router('conntrack', '-F')
        w.phone.send(0, an_invite(w), ACK_ | PSH)
        is_ended('with tcp_resync=1, too', w.phone, w.server)
    for name in ('enabled', 'rewrite'):
        with settings(**{name: 0}):
            w = quiet_wire()
            in_router('conntrack', '-F')
            w.phone.send(0, POST, ACK_ | PSH)
            check(f'with {name}=0 it goes on', w.server.until(w.server.has(len(POST))))


def begun_while_off():
    """a stream that began with enabled=0"""
    with settings(enabled=0):
        w = quiet_wire()
    w.phone.send(0, POST, ACK_ | PSH)
    check('goes on as it is', w.server.until(w.server.has(len(POST))))


def picked_up(resync):
    before, w = stats(), quiet_wire()
    in_router('conntrack', '-F')
    invite = an_invite(w)
    w.phone.send(0, invite, ACK_ | PSH)
    check('it arrives', w.server.until(w.server.has(len(invite))))
    equal('and is read' if resync else 'and is not read', 1 if resync else 0, moved(before).get('requests', 0))


def resync_off():
    """tcp_resync=0 and an untranslated stream in mid-course"""
    with untranslated():
        picked_up(False)


def resync_on():
    """tcp_resync=1 and an untranslated stream in mid-course"""
    with settings(tcp_resync=1), untranslated():
        picked_up(True)
        before = stats()
        again = quiet_wire()
        in_router('conntrack', '-F')
        half = an_invite(again)[:120]
        again.phone.send(0, half, ACK_ | PSH)
        again.server.until(again.server.has(len(half)))
        equal('not where a header section is cut', (half, 0), (again.server.bytes(0, len(half)), moved(before).get('requests', 0)))
        other = quiet_wire()
        other.phone.send(0, POST, ACK_ | PSH)
        other.server.until(other.server.has(len(POST)))
        invite = an_invite(other)
        other.phone.send(len(POST), invite, ACK_ | PSH)
        other.server.until(other.server.has(len(POST) + len(invite)))
        reads_nothing('not where the stream began as something else', before)


def unloaded():
    """rmmod with a connection whose bytes were changed"""
    w = Wire(addr=sys.argv[2])
    w.passes('a message', w.next(), [50])
    in_router('nft', 'delete', 'table', 'inet', 'alg')
    for module in ('nf_nat_sipalg', 'nf_conntrack_sipalg'):
        gone = eventually(lambda: subprocess.run(['rmmod', module], stderr=subprocess.DEVNULL).returncode == 0, 15)
        check(f'{module} is unloaded', gone)
    data = random.randbytes(3000)
    for i in range(0, 3000, 1000):
        w.phone.send(w.p + i, data[i:i + 1000], ACK_ | PSH)
    w.server.until(w.server.has(w.q + 3000))
    equal('what the phone sends arrives at its place', data, w.server.bytes(w.q, w.q + 3000))
    w.server_acks(w.q + 3000)
    w.phone.until(lambda: w.phone.last['ack'] >= w.p + 3000)
    equal('and is acknowledged as its own', w.p + 3000, w.phone.last['ack'])
    w.server.send(0, data[:1000])
    w.phone.until(w.phone.has(1000))
    equal('and the other way', data[:1000], w.phone.bytes(0, 1000))


def on_a_wire(fn):
    @functools.wraps(fn)
    def play_it():
        fn()
        for line in open_calls():
            order(f'end {line[0]}')
    return play_it


def open_calls():
    return [w for w in calls().values() if w[1] != 'ended']


offloads_off('rtr', 'r0', 'r1')
if len(sys.argv) > 1:
    play(unloaded)
else:
    play(*map(on_a_wire, (second_syn_ack, syn_ack_of_nobody, syn_ack_repeated, ports_again, probe_of_one_byte,
                          smallest_segments, narrow_path, disabled, forgotten, begun_while_off, resync_off, resync_on)))

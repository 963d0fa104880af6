# SPDX-License-Identifier: GPL-2.0
"""lines.py - connections with both ends in hand, whose byte streams are compared with what they must be.

Scripts of lines are generators that play side by side.  Each message is known in the inside's words and in the
outside's, so there is no parser here that could err as the router's does:

    def script(line):
        call = yield from line.call()
        yield from line.say('inside', call.words(INVITE), cuts=[17, 200])

    lines = Line(GROWS), Line(SHRINKS)
    run(*((line, script(line)) for line in lines))
"""
import random
from tcp import *


class Different(Missing):
    """What came is not what had to come."""


# --- messages in the words of both sides -----------------------------------------

INVITE = '''\
INVITE sip:bob@203.0.113.2:5060;transport=tcp SIP/2.0
Via: SIP/2.0/TCP {sig};branch=z9hG4bK-{id}-{n};rport
Max-Forwards: 70
From: "Alice" <sip:alice@example.com>;tag=i{id}
To: <sip:bob@example.com>{totag}
Call-ID: {id}@test
CSeq: {n} INVITE
Contact: "A, B" <sip:alice@{sig};transport=tcp>
{pad}Content-Type: application/sdp
Content-Length: {length}

v=0
o=- 1 1 IN IP4 {addr}
s=-
c=IN IP4 {addr}
t=0 0
m=audio {rtp} RTP/AVP 0
a=rtpmap:0 PCMU/8000
{sdp_pad}m=video {rtp2} RTP/AVP 96
c=IN IP4 {addr}
'''

OK = '''\
SIP/2.0 200 OK
v: SIP/2.0/TCP {sig};branch=z9hG4bK-{id}-{n};rport={port};received={addr}
f: "Alice" <sip:alice@example.com>;tag=i{id}
t: <sip:bob@example.com>;tag=o{id}
i: {id}@test
CSeq: {n} INVITE
m: <sip:bob@203.0.113.2:5060;transport=tcp>
l: {length}
{pad}c: application/sdp

v=0
o=- 2 2 IN IP4 203.0.113.2
s=-
c=IN IP4 203.0.113.2
t=0 0
m=audio {far} RTP/AVP 0
{sdp_pad}m=video {far2} RTP/AVP 96
'''

ACK = '''\
ACK sip:bob@203.0.113.2:5060;transport=tcp SIP/2.0
Via: SIP/2.0/TCP {sig};branch=z9hG4bK-{id}-{n}-a;rport
Max-Forwards: 70
From: "Alice" <sip:alice@example.com>;tag=i{id}
To: <sip:bob@example.com>;tag=o{id}
Call-ID: {id}@test
CSeq: {n} ACK
Contact: <sip:alice@{sig};transport=tcp>
Content-Length: {length}

'''

BYE = '''\
BYE sip:bob@203.0.113.2:5060;transport=tcp SIP/2.0
Via: SIP/2.0/TCP {sig};branch=z9hG4bK-{id}-{n};rport
From: "Alice" <sip:alice@example.com>;tag=i{id}
To: <sip:bob@example.com>;tag=o{id}
Call-ID: {id}@test
CSeq: {n} BYE
Content-Length: {length}

'''

BYE_OK = '''\
SIP/2.0 200 OK
Via: SIP/2.0/TCP {sig};branch=z9hG4bK-{id}-{n};rport={port};received={addr}
From: "Alice" <sip:alice@example.com>;tag=i{id}
To: <sip:bob@example.com>;tag=o{id}
Call-ID: {id}@test
CSeq: {n} BYE
Content-Length: {length}

'''

# within the dialog, from outside, and its answer
INFO = '''\
INFO sip:alice@{sig};transport=tcp SIP/2.0
Via: SIP/2.0/TCP 203.0.113.2:5060;branch=z9hG4bK-{id}-o{n}
From: <sip:bob@example.com>;tag=o{id}
To: "Alice" <sip:alice@example.com>;tag=i{id}
Call-ID: {id}@test
CSeq: {n} INFO
Contact: <sip:bob@203.0.113.2:5060;transport=tcp>
Content-Type: text/plain
Content-Length: {length}

{pad}'''

INFO_OK = '''\
SIP/2.0 200 OK
Via: SIP/2.0/TCP 203.0.113.2:5060;branch=z9hG4bK-{id}-o{n}
From: <sip:bob@example.com>;tag=o{id}
To: "Alice" <sip:alice@example.com>;tag=i{id}
Call-ID: {id}@test
CSeq: {n} INFO
Contact: <sip:alice@{sig};transport=tcp>
Content-Length: {length}

'''

# from inside, with a body that is not a description
MESSAGE = '''\
MESSAGE sip:bob@203.0.113.2:5060;transport=tcp SIP/2.0
Via: SIP/2.0/TCP {sig};branch=z9hG4bK-{id}-m{n};rport
From: "Alice" <sip:alice@example.com>;tag=i{id}
To: <sip:bob@example.com>;tag=o{id}
Call-ID: {id}@test
CSeq: {n} MESSAGE
Contact: <sip:alice@{sig};transport=tcp>
Content-Type: text/plain
Content-Length: {length}

{pad}'''

Words = collections.namedtuple('Words', 'inside outside')
_media = itertools.count(30000, 4)
_ids = itertools.count(1000)


def fill(template, words):
    """A message: its words filled in, its length exact."""
    head, _, body = template.partition('\n\n')
    body = body.format(**words).replace('\n', '\r\n')
    head = head.format(length=len(body), **words).replace('\n', '\r\n')
    return f'{head}\r\n\r\n{body}'.encode()


class LineCall:
    """A dialog on a line: what its messages are on either side of the router."""

    def __init__(self, line):
        self.line, self.id = line, f'c{next(_ids)}'
        self.n = 1000       # all CSeq have four digits, so all messages of a kind have one length
        rtp = next(_media)
        self.real = self._words(line.real, rtp, rtp + 2)
        self.mapped = None

    def _words(self, at, rtp, rtp2):
        return {'sig': f'{at[0]}:{at[1]}', 'addr': at[0], 'port': at[1], 'rtp': rtp, 'rtp2': rtp2}

    def learn(self, invite):
        """The published media ports stand in the first INVITE."""
        audio, video = invite.sdp.media
        self.mapped = self._words(self.line.mapped, audio[1], video[1])

    def words(self, template, n=None, totag=None, pad='', sdp_pad=''):
        """A message in the words of both sides."""
        common = {'id': self.id, 'n': n or self.n, 'far': self.real['rtp'] + 10000, 'far2': self.real['rtp2'] + 10000,
                  'totag': f';tag=o{self.id}' if totag is None else totag, 'pad': pad, 'sdp_pad': sdp_pad}
        return Words(fill(template, self.real | common), fill(template, (self.mapped or self.real) | common))


# --- lines --------------------------------------------------------------------------


class End:
    """One end of a line: what it still has to send, what it has got and must get."""

    def __init__(self, sock, name):
        self.sock, self.name = sock, name
        self.out, self.got, self.want = collections.deque(), bytearray(), bytearray()
        self.segments = self.bytes = 0
        self.paused = self.closed = False
        sock.setblocking(False)

    def push(self):
        """Sends what can be sent now; whether all is sent."""
        while self.out:
            try:
                n = self.sock.send(self.out[0], socket.MSG_EOR | socket.MSG_NOSIGNAL)
            except BlockingIOError:
                return False
            if n < len(self.out[0]):
                self.out[0] = self.out[0][n:]
            else:
                self.out.popleft()
                self.segments += 1
        return True

    def pull(self):
        try:
            data = self.sock.recv(1 << 18)
        except BlockingIOError:
            return
        if not data:
            self.closed = True
        self.got += data


class Line:
    """A connection through the router."""

    def __init__(self, addr, to=SIP_PORT, port=None, far=PROVIDER, translated=True, **how):
        self.real = addr, port or next(_line_ports)
        a, b, self.mapped = tcp_connection(self.real, (far, to), **how)
        if not translated:
            self.mapped = self.real
        self.inside, self.outside = End(a, f'{self.real} inside'), End(b, f'{self.real} outside')
        self.messages = 0

    def ends(self):
        return self.inside, self.outside

    def both(self, name):
        return (self.inside, self.outside) if name == 'inside' else (self.outside, self.inside)

    def queue(self, side, words, cuts=()):
        """One side is to send a message, cut there; the other must get it in its own words."""
        me, other = self.both(side)
        sent, seen = (words.inside, words.outside) if side == 'inside' else (words.outside, words.inside)
        me.out.extend(pieces_of(sent, cuts))
        other.want += seen
        self.messages += 1

    def queue_stream(self, side, messages, lengths):
        """The same for several messages, cut into segments of these lengths wherever they begin."""
        at = 0 if side == 'inside' else 1
        sent, seen = b''.join(w[at] for w in messages), b''.join(w[1 - at] for w in messages)
        cuts = itertools.accumulate(lengths)
        self.queue(side, Words(sent, seen) if side == 'inside' else Words(seen, sent),
                   list(itertools.takewhile(lambda c: c < len(sent), cuts)))
        self.messages += len(messages) - 1

    def settled(self):
        """Everything sent has come, and is what it must be."""
        for end in self.ends():
            if len(end.got) >= len(end.want) or not end.want.startswith(end.got):
                self.compare(end)
        return not any(e.out or len(e.got) < len(e.want) for e in self.ends())

    def compare(self, end):
        if end.got != end.want:
            at = next((i for i, (a, b) in enumerate(zip(end.got, end.want)) if a != b), min(len(end.got), len(end.want)))
            raise Different(f'{end.name}: behind {end.bytes} + {at} bytes came {bytes(end.got[max(0, at - 60):at + 80])!r}, '
                            f'not {bytes(end.want[max(0, at - 60):at + 80])!r}')
        end.bytes += len(end.got)
        del end.got[:], end.want[:]

    def rest(self):
        """Until all that was queued has arrived."""
        yield self.settled

    def say(self, side, words, cuts=()):
        self.queue(side, words, cuts)
        yield from self.rest()

    def hear(self, side):
        """The next message at an end, whatever it is."""
        end = getattr(self, side)
        yield lambda: framed(end.got)
        n = framed(end.got)
        data = bytes(end.got[:n])
        del end.got[:n]
        end.bytes += n
        return Message(data, self.mapped)

    def call(self):
        """A call that is up; its media ports are learned from the offer, all else must be as expected."""
        c = LineCall(self)
        self.inside.out.append(c.words(INVITE, totag='').inside)
        invite = yield from self.hear('outside')
        c.learn(invite)
        expected = c.words(INVITE, totag='').outside
        if invite.data != expected:
            raise Different(f'{self.real}: the first INVITE came as {invite.data!r}, not {expected!r}')
        yield from self.say('outside', c.words(OK))
        yield from self.say('inside', c.words(ACK))
        self.messages += 1
        return c

    def hang_up(self, c):
        c.n += 1
        yield from self.say('inside', c.words(BYE))
        yield from self.say('outside', c.words(BYE_OK))

    def again(self, c, cuts=(), ok_cuts=(), **how):
        """A re-INVITE and all that belongs to it; each is cut."""
        c.n += 1
        yield from self.say('inside', c.words(INVITE, **how), cuts)
        yield from self.say('outside', c.words(OK, **how), ok_cuts)
        yield from self.say('inside', c.words(ACK))

    def close(self):
        for end in self.ends():
            end.sock.close()


_line_ports = itertools.count(40000)


def run(*scripts, seconds=60, idle=WAIT):
    """Plays the scripts of lines side by side: (line, generator), ...; for so long at most, idle at most for that long."""
    poll, fds, waits = select.poll(), {}, {}
    for line, gen in scripts:
        waits[line] = gen, next(gen, None)
        for end in line.ends():
            fds[end.sock.fileno()] = line, end
            poll.register(end.sock, select.POLLIN)
    last = end_of_time = time.monotonic()
    end_of_time += seconds
    hot = {line for line, _ in scripts}
    while True:
        for line in hot:
            if line not in waits:
                continue
            gen, ready = waits[line]
            while True:
                for end in line.ends():
                    mask = select.POLLIN * (not end.paused and not end.closed) | select.POLLOUT * (not end.push())
                    poll.modify(end.sock, mask)
                if ready is not None and not ready():
                    break
                try:
                    ready = next(gen)
                except StopIteration:
                    del waits[line]
                    break
            if line in waits:
                waits[line] = gen, ready
        if not waits:
            return
        now = time.monotonic()
        events = poll.poll(max(0, min(last + idle, end_of_time) - now) * 1000)
        if not events:
            raise Missing('; '.join(
                f'{end.name} has {len(end.got)} of {len(end.want)} bytes behind {end.bytes}, {len(end.out)} segments wait'
                for line in waits for end in line.ends() if end.out or end.want)[:2000] or 'nothing comes')
        last = time.monotonic()
        hot = set()
        for fd, event in events:
            line, end = fds[fd]
            if event & ~select.POLLOUT and not end.paused:
                end.pull()
            hot.add(line)


# --- parts of scripts -----------------------------------------------------------------


def begun(line, n):
    """Calls that are up."""
    calls = []
    for _ in range(n):
        calls.append((yield from line.call()))
    return calls


def after(line, calls, n=50):
    """Further messages, half of them from each side."""
    for i in range(n // 10):
        c = calls[i % len(calls)]
        c.n += 1
        for _ in range(2):
            line.queue('inside', c.words(INVITE))
            line.queue('outside', c.words(INFO, pad='x' * random.randrange(100)))
        yield from line.rest()
        for _ in range(2):
            line.queue('outside', c.words(OK))
            line.queue('inside', c.words(INFO_OK))
        line.queue('inside', c.words(ACK))
        line.queue('outside', c.words(INFO))
        yield from line.rest()


def ended(line, calls):
    """The connection is usable both ways; then the calls are hung up."""
    yield from after(line, calls)
    for c in calls:
        yield from line.hang_up(c)


def random_cuts(data, least=3, most=10):
    """Positions that cut data into that many pieces."""
    return random.sample(range(1, len(data)), random.randint(least, most) - 1)


def padding(n):
    """Header lines of some 900 bytes."""
    return ''.join(f'X-Padding-{i}: {"p" * 900}\n' for i in range(n))


def long_sdp(n):
    """Attribute lines."""
    return ''.join(f'a=x-padding:{i} {"q" * 60}\n' for i in range(n))

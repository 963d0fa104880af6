# SPDX-License-Identifier: GPL-2.0
"""odd.py - calls of which one message has something odd in it: for several scripts.

A message is a template.  {me}:{port} stands where the phone writes its own address and the provider must read the
router's, {audio} and {video} where a port is published, {own_c} where a section gets a c= of its own; all else arrives byte for byte as it was sent, the odd thing
too.

    play(*odd_calls(Odd('a comma', ('<sip:alice', 'Doe, John <sip:alice'))))
"""
from scene import *

HEAD = '''\
INVITE {uri} SIP/2.0
Via: SIP/2.0/UDP {me}:{port};branch={branch}
Max-Forwards: 70
From: <sip:alice@example.com>;tag={tag}
To: <sip:bob@example.com>
Call-ID: {call}
CSeq: {cseq} INVITE
Contact: <sip:alice@{me}:{port}>
Content-Type: application/sdp
Content-Length: {length}

'''.replace('\n', '\r\n')

BODY = '''\
v=0
o=- 1 1 IN IP4 {me}
s=-
c=IN IP4 {me}
t=0 0
m=audio {audio} RTP/AVP 0
a=rtpmap:0 PCMU/8000
'''.replace('\n', '\r\n')

PUBLISHED = r'(?P<%s>\d+)'      # what the router chooses


def lines(*text):
    return ''.join(line + '\r\n' for line in text)


class Odd:
    """What is odd: texts that stand in the template instead of others, in the headers or the body; the first of a pair
    may be '', then the second is put in front of Content-Type, or behind the body.

    left: counters left_NAME that it moves.  opens: False: nothing is opened by it.  eol: its line ends.
    end: the header section ends with the datagram, so.  length: what Content-Length says.  cseq: the first number.
    more: what follows the body that Content-Length counts.  tcp: it is sent over TCP.
    """

    def __init__(self, what, *swaps, left=(), opens=True, eol='\r\n', end=None, length=None, cseq=1, more='', tcp=False):
        self.what, self.left, self.opens, self.eol, self.length, self.cseq = what, left, opens, eol, length, cseq
        self.head, self.body, self.more = HEAD, BODY, more
        if tcp:
            self.head = HEAD.replace('0/UDP', '0/TCP').replace('{port}>', '{port};transport=tcp>')
        for old, new in swaps:
            if not old and '=' == new[1:2]:
                self.body += new
            elif not old:
                self.head = self.head.replace('Content-Type', new + 'Content-Type', 1)
            elif old in self.head:
                self.head = self.head.replace(old, new, 1)
            else:
                assert old in self.body, old
                self.body = self.body.replace(old, new, 1)
        if end is not None:
            self.head, self.body = self.head.rpartition('\r\nContent-Type')[0] + end, ''
        self.head, self.body = self.head.replace('\r\n', eol), self.body.replace('\r\n', eol)

    def sent(self, words):
        """What the phone sends."""
        body = fill(self.body, words)
        length = len(body.encode()) if self.length is None else self.length
        return (fill(self.head, words | {'length': str(length)}) + body + self.more).encode('utf-8', 'surrogateescape')

    def seen(self, words, port):
        """What the provider must see, as a regular expression."""
        return pattern(self.head + self.body, words | {
            'me': re.escape(ROUTER), 'port': str(port), 'audio': PUBLISHED % 'audio', 'video': PUBLISHED % 'video', 'rtcp': PUBLISHED % 'rtcp',
            'own_c': re.escape(f'c=IN IP4 {ROUTER}\r\n'), 'length': PUBLISHED % 'length' if self.length is None else str(self.length)}) + re.escape(bytes_of(self.more))


def bytes_of(text):
    return text.encode('utf-8', 'surrogateescape')


def fill(template, words):
    return re.sub(r'\{(\w+)\}', lambda m: words[m.group(1)], template)


def pattern(template, words):
    parts = re.split(r'\{(\w+)\}', template)
    own = ('me', 'port', 'audio', 'video', 'rtcp', 'own_c', 'length')
    return b''.join(re.escape(bytes_of(p)) if not i % 2 else bytes_of(words[p]) if p in own else re.escape(bytes_of(words[p]))
                    for i, p in enumerate(parts))


def plain(data):
    """The message with ordinary line ends, for Message to read."""
    head, blank, body = re.sub(rb'\r*\n', b'\r\n', data).partition(b'\r\n\r\n')
    return head + b'\r\n\r\n' + body


def left(before):
    """{name: how often} of the counters left_*, and malformed_*"""
    return {n: v for n, v in moved(before).items() if n.startswith(('left_', 'malformed_'))}


def marks(dialog):
    """What the router's list says that was left in a call, without 'left,'; None: it knows no such call."""
    line = calls().get(dialog.call_id[:64])
    if line is None:
        return None
    return [w for word in line if word.startswith('left,') for w in word.split(',')[1:]]


def words_of(s, d, odd):
    return {'uri': d.target, 'me': PHONE, 'port': str(s.phone.port), 'branch': branch(), 'tag': d.local_tag, 'call': d.call_id, 'cseq': str(odd.cseq),
            'audio': str(s.port), 'video': str(s.port + 4), 'rtcp': str(s.port + 1), 'own_c': ''}


def send(s, odd):
    """(dialog, what the phone sent, the INVITE as the provider saw it, its words); checks the latter."""
    d = s.phone.dial(s.provider.contact, s.provider.at)
    d.cseq = odd.cseq
    words = words_of(s, d, odd)
    data = odd.sent(words)
    s.phone.send(data, s.provider.at)
    got, source = s.provider.recv()
    if got is None:
        raise Missing('it does not arrive')
    want = re.compile(odd.seen(words, getattr(s.phone, 'seen_as', (ROUTER, SIP_PORT))[1]), re.S)
    match = want.fullmatch(got)
    if not check('it arrives with the router\'s address, and else as it was sent', match, repr(data), repr(got)):
        raise Missing('no call of it')
    if odd.length is None and 'length' in match.groupdict():
        body = got.partition(odd.eol.encode() * 2)[2]
        equal('Content-Length', len(body) - len(odd.more), int(match['length']))
    sent = Message(plain(data))
    d.local_header = sent['from']
    d.invite[d.cseq] = words['branch']
    return d, sent, Message(plain(got), source), match.groupdict()


def answer(s, d, sent, invite, status=200, tag='r1', body=None):
    """The provider's answer, in which the phone must see its own words again."""
    s.provider.reply(invite, status, s.answer if body is None else body, tag=tag)
    data, _ = s.phone.recv()
    if data is None:
        raise Missing('no answer arrives')
    seen = Message(data)
    equal('the answer has the phone\'s own words', [sent[n] for n in ('via', 'from', 'call-id', 'cseq')],
          [seen[n] for n in ('via', 'from', 'call-id', 'cseq')])
    d.learn(seen)
    return seen


def called(s, odd):
    """A whole call with that."""
    before = stats()
    d, sent, invite, ports = send(s, odd)
    answer(s, d, sent, invite)
    d.ack()
    ack = s.provider.take('ACK')
    check('the ACK is translated', PHONE.encode() not in ack.data, ack.data)
    if odd.opens:
        equal('the call is marked with what was left', sorted(odd.left), sorted(marks(d) or ()))
        audio = ports.get('audio')
        if audio:
            s.talk((ROUTER, int(audio)))
    else:
        equal('no call is made of it', None, marks(d))
        equal('nothing is opened', ([], 0), (waiting(), moved(before).get('pinholes_opened', 0)))
    hang_up(d, s.provider)
    if odd.opens:
        equal('its end is seen', 'ended hung-up', call_state(d))
    # in an answer and in ACK and BYE the same From and To stand again
    equal('the counters say what was left', set(odd.left), {n[5:] for n in left(before)})


def cleared(play_it):
    """The scene, behind which nothing of another one is left that broke off."""
    @functools.wraps(play_it)
    def play_alone():
        try:
            play_it()
        finally:
            for line in calls().values():
                if line[1] != 'ended':
                    order(f'end {line[0]}')
            in_router('conntrack', '-F')
    return play_alone


def odd_calls(*odds, flow=called, scene=scene):
    """A scene of each."""
    def one(odd):
        def play_it(s):
            flow(s, odd)
        play_it.__doc__ = odd.what
        return cleared(scene(play_it))
    return [one(o) for o in odds]

# SPDX-License-Identifier: GPL-2.0
"""crowd.py - many parties at once: phones, proxies and their calls, all driven by one loop.

What sip.py's agents do in order, one waiting for the other, these do by events, with the ordinary timers of
RFC 3261 17: T1 half a second, doubled, 64*T1 in all. One process plays both ends of a call, so one object is the
whole call, and what went wrong with it stands in `why`.

    loop = Loop()
    proxy = Proxy(loop, 'wan', PROVIDER)
    phone = Phone(loop, 'lan', '10.1.0.1', 'u1', proxy)
    phone.register()
    call = Call(phone, proxy, proxy)
    call.start()
    loop.run(5, until=lambda: call.settled)
"""
import ctypes
import hashlib
import heapq
import itertools
import os
import select
import socket
import struct
import subprocess
import time
from sip import SIP_PORT, netns

T1, T2, PATIENCE = 0.5, 4.0, 32.0
TALK_EVERY, TALK_TRIES = 0.1, 40
DOMAIN = 'example.com'
_serial = itertools.count(1)
_random = os.urandom(4).hex()       # no Call-ID or branch of another script


def fresh(what):
    return f'{what}{_random}{next(_serial)}'


def batch_of(ns, lines):
    """Many commands of ip at once."""
    with netns(ns):
        subprocess.run(['ip', '-batch', '-'], input='\n'.join(lines), text=True, check=True)


# --- events -----------------------------------------------------------------------


class Loop:
    """Sockets that have something, and timers."""

    def __init__(self):
        self.poll = select.epoll()
        self.readers, self.timers, self.order = {}, [], itertools.count()

    def reader(self, sock, fn):
        sock.setblocking(False)
        self.readers[sock.fileno()] = fn
        self.poll.register(sock.fileno(), select.EPOLLIN)

    def forget(self, sock):
        self.poll.unregister(sock.fileno())
        del self.readers[sock.fileno()]
        sock.close()

    def after(self, seconds, fn, *args):
        """A timer; cancelled by timer.clear()."""
        timer = [fn, args]
        heapq.heappush(self.timers, (time.monotonic() + seconds, next(self.order), timer))
        return timer

    def run(self, seconds, until=None):
        """For that long, or until the condition holds; whether it does."""
        end = time.monotonic() + seconds
        while not (until and until()):
            now = time.monotonic()
            if now >= end:
                return False
            while self.timers and self.timers[0][0] <= now:
                timer = heapq.heappop(self.timers)[2]
                if timer:
                    timer[0](*timer[1])
            wait = min(self.timers[0][0] if self.timers else end, end) - time.monotonic()
            for fd, _ in self.poll.poll(max(0, min(wait, 0.2))):
                if fd in self.readers:
                    self.readers[fd]()
        return True


def repeat(loop, send, first, most, patience, give_up):
    """Sends now, after first seconds, twice that, ..., at most every `most`, till patience is at its end or somebody
    empties the list that this returns."""
    alive = [True]

    def again(gap):
        if alive:
            send()
            loop.after(gap, again, min(2 * gap, most))

    def enough():
        if alive:
            alive.clear()
            give_up()

    again(first)
    loop.after(patience, enough)
    return alive


def bound(ns, addr, port):
    with netns(ns):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 22)     # SO_RCVBUFFORCE
    sock.bind((addr, port))
    return sock


# What a flood sends to a party of the crowd goes nowhere: INVITE sip:x, REGISTER sip:x, OPTIONS, SIP/2.0 200 X.
# Else the script, and not the router, would be what the flood has overrun.
_DEAF = [(0x30, 0, 0, 8), (0x15, 0, 2, ord('I')), (0x30, 0, 0, 19), (0x15, 8, 7, ord('x')),
         (0x15, 0, 2, ord('R')), (0x30, 0, 0, 21), (0x15, 5, 4, ord('x')),
         (0x15, 4, 0, ord('O')),
         (0x15, 0, 2, ord('S')), (0x30, 0, 0, 20), (0x15, 1, 0, ord('X')),
         (0x06, 0, 0, 0xffffffff), (0x06, 0, 0, 0)]


def deafen(sock):
    code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *line) for line in _DEAF))
    sock.setsockopt(socket.SOL_SOCKET, 26, struct.pack('HP', len(_DEAF), ctypes.addressof(code)))   # SO_ATTACH_FILTER


# --- messages ---------------------------------------------------------------------


class Text:
    """A message as far as a party needs it."""

    __slots__ = ('data', 'source', 'start', 'head', 'body', 'status', 'method')

    def __init__(self, data, source):
        text = data.decode('latin-1')
        self.data, self.source = text, source
        head, _, self.body = text.partition('\r\n\r\n')
        self.start, _, self.head = head.partition('\r\n')
        self.head = '\r\n' + self.head + '\r\n'
        words = self.start.split(' ', 2)
        if words[0] == 'SIP/2.0':
            self.status = int(words[1])
            self.method = self['CSeq'].rpartition(' ')[2]
        else:
            self.status, self.method = 0, words[0]

    def __getitem__(self, name):
        """The first value, '' where there is none; the names are written as this file writes them."""
        at = self.head.find(f'\r\n{name}: ')
        if at < 0:
            return ''
        at += len(name) + 4
        return self.head[at:self.head.index('\r\n', at)]

    def tag(self, name):
        return self[name].partition(';tag=')[2]

    @property
    def branch(self):
        return self['Via'].partition(';branch=')[2].partition(';')[0]

    @property
    def contact(self):
        return self['Contact'].partition('<')[2].partition('>')[0]

    @property
    def media(self):
        """(address, port) of the first section."""
        addr = self.body.partition('\r\nc=IN IP4 ')[2].partition('\r\n')[0]
        return addr, int(self.body.partition('\r\nm=audio ')[2].partition(' ')[0] or 0)


def at_of(uri):
    """Where a URI leads."""
    name, _, port = uri.rpartition('@')[2].partition(';')[0].partition(':')
    return name, int(port or SIP_PORT)


def sdp(at, version=1):
    return (f'v=0\r\no=- 1 {version} IN IP4 {at[0]}\r\ns=-\r\nc=IN IP4 {at[0]}\r\nt=0 0\r\n'
            f'm=audio {at[1]} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n')


def text_of(start, headers, body=''):
    if body:
        headers = headers + ['Content-Type: application/sdp']
    return '\r\n'.join([start, *headers, f'Content-Length: {len(body)}', '', body]).encode('latin-1')


# --- parties ----------------------------------------------------------------------


class End:
    """An address that signals, with its transactions."""

    deaf = False            # to what a flood sends
    transport = 'UDP'

    def __init__(self, loop, ns, addr, user, port=SIP_PORT):
        self.loop, self.addr, self.user, self.port = loop, addr, user, port
        self.at = addr, port
        self.contact = f'sip:{user}@{addr}:{port}'
        self.asked, self.answered = {}, {}
        self.resent = 0     # requests sent again
        self.open(ns)

    def open(self, ns):
        self.sock = bound(ns, self.addr, self.port)
        if self.deaf:
            deafen(self.sock)
        self.loop.reader(self.sock, self.readable)

    def readable(self):
        for _ in range(32):
            try:
                data, source = self.sock.recvfrom(65535)
            except BlockingIOError:
                return
            if data[:1].isupper():
                self.heard(data, source)

    def heard(self, data, source):
        try:
            m = Text(data, source)
            (self.response if m.status else self.request)(m)
        except (ValueError, IndexError):
            pass            # what somebody else has sent

    def send(self, data, to):
        try:
            self.sock.sendto(data, to)
        except OSError:
            pass            # repeated, as if it were lost

    def ask(self, method, to, uri, headers, done, body='', branch=None):
        """A request; done(final answer, or None where none came in time)."""
        branch = branch or fresh('z9hG4bK')
        via = f'Via: SIP/2.0/{self.transport} {self.addr}:{self.port};branch={branch}'
        data = text_of(f'{method} {uri} SIP/2.0', [via, 'Max-Forwards: 70'] + headers, body)
        if method == 'ACK':
            self.send(data, to)
            return
        first = [True]

        def send():
            self.resent += not first
            first.clear()
            self.send(data, to)

        def give_up():
            self.asked.pop(branch, None)
            done(None)

        invite = method == 'INVITE'
        first_gap = T1 if self.transport == 'UDP' else 2 * PATIENCE
        alive = repeat(self.loop, send, first_gap, 64 if invite else T2, PATIENCE, give_up)
        self.asked[branch] = alive, done, invite

    def response(self, m):
        entry = self.asked.get(m.branch)
        if not entry:
            self.late_response(m)
            return
        alive, done, invite = entry
        if m.status >= 200:
            alive.clear()
            del self.asked[m.branch]
            done(m)
        elif invite and alive:
            alive.clear()       # it has arrived; the callee answers for the rest
            self.loop.after(PATIENCE, self.never_answered, m.branch)

    def never_answered(self, branch):
        entry = self.asked.pop(branch, None)
        if entry:
            entry[1](None)

    def late_response(self, m):
        """A final answer again."""

    def request(self, m):
        key = m.branch, m.method
        if key in self.answered:
            if self.answered[key]:
                self.send(self.answered[key], m.source)
            return
        self.answered[key] = b''
        self.loop.after(PATIENCE, self.answered.pop, key, None)
        self.asked_for(m)

    def answer(self, m, status, headers=(), body='', tag=''):
        tag = f';tag={tag}' if tag and ';tag=' not in m['To'] else ''
        start = m.head.find('\r\nVia: ')
        vias = []
        while start >= 0:
            end = m.head.index('\r\n', start + 2)
            vias.append(m.head[start + 2:end])
            start = m.head.find('\r\nVia: ', end)
        data = text_of(f'SIP/2.0 {status} Status', vias + [
            'From: ' + m['From'], f"To: {m['To']}{tag}", 'Call-ID: ' + m['Call-ID'], 'CSeq: ' + m['CSeq'],
            *headers], body)
        self.answered[m.branch, m.method] = data
        self.send(data, m.source)
        return data


class Party(End):
    """An end that has calls."""

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        self.calls = {}
        self.on_stranger = lambda m: None       # a call that nobody expects

    def asked_for(self, m):
        call = self.calls.get(m['Call-ID'])
        if call:
            call.asked_for(self, m)
        else:
            self.on_stranger(m)

    def late_response(self, m):
        call = self.calls.get(m['Call-ID'])
        if call and m.method == 'INVITE' and m.status // 100 == 2:
            call.confirm(self, m)       # its ACK was lost


class Phone(Party):
    """Inside; knows its proxy."""

    inside = True

    def __init__(self, loop, ns, addr, user, proxy, password=None, port=SIP_PORT):
        super().__init__(loop, ns, addr, user, port)
        self.proxy, self.password = proxy, password
        self.registered = None      # None: not yet known
        self.refusals = []          # final answers other than 2xx and the first challenge
        self.began = self.took = None
        self.ids = fresh('reg'), fresh('t')
        self.cseq = 0

    def to_send(self, target):
        return self.proxy.at

    def bad(self, m):
        """What must not be in a message that arrives here."""
        return None if m.status or at_of(m.start.split(' ')[1]) == self.at else 'a Request-URI that is not its own'

    def register(self, credentials=None, expires=3600):
        if credentials is None:
            self.began = time.monotonic()
        self.cseq += 1
        headers = [f'From: <sip:{self.user}@{DOMAIN}>;tag={self.ids[1]}', f'To: <sip:{self.user}@{DOMAIN}>',
                   'Call-ID: ' + self.ids[0], f'CSeq: {self.cseq} REGISTER', f'Contact: <{self.contact}>',
                   f'Expires: {expires}'] + ([credentials] if credentials else [])
        self.ask('REGISTER', self.proxy.at, 'sip:' + DOMAIN, headers,
                 lambda m: self.register_answered(m, credentials, expires))

    def register_answered(self, m, credentials, expires):
        self.took = time.monotonic() - self.began
        if m and m.status == 200:
            self.registered = self.contact in m['Contact'] or not expires
            return
        stale = m and 'stale=true' in m['WWW-Authenticate']
        if m and m.status == 401 and self.password and (not credentials or stale):
            self.register(self.credentials(m), expires)
            return
        self.refusals.append(m.status if m else 0)
        self.registered = False

    def credentials(self, m):
        nonce = m['WWW-Authenticate'].partition('nonce="')[2].partition('"')[0]
        return (f'Authorization: Digest username="{self.user}", realm="{DOMAIN}", nonce="{nonce}", '
                f'uri="sip:{DOMAIN}", response="{digest(self.user, self.password, nonce)}", algorithm=MD5')


def digest(user, password, nonce, method='REGISTER', uri='sip:' + DOMAIN):
    def md5(text):
        return hashlib.md5(text.encode()).hexdigest()
    return md5(f'{md5(f"{user}:{DOMAIN}:{password}")}:{nonce}:{md5(f"{method}:{uri}")}')


class Proxy(Party):
    """Outside; registrar, too. users: name -> password, where it asks for one."""

    inside = False
    hidden = '10.1.'        # begins every address that must never be seen here

    def __init__(self, loop, ns, addr, user='sbc', users=None):
        super().__init__(loop, ns, addr, user)
        self.users, self.bindings, self.nonces, self.seen = users, {}, set(), 0
        self.untranslated = 0
        self.on_register = None     # a say in it: status, or None

    def to_send(self, target):
        return at_of(target)

    def bad(self, m):
        return 'an inside address' if self.hidden in m.data else None

    def asked_for(self, m):
        if m.method == 'REGISTER':
            self.register(m)
        else:
            super().asked_for(m)

    def register(self, m):
        self.seen += 1
        self.untranslated += self.bad(m) is not None
        user = m['To'].partition(':')[2].partition('@')[0]
        status = self.on_register(self, m, user) if self.on_register else None
        if status is None and self.users is not None:
            status = self.challenge(m, user)
        if status:
            headers = []
            if status == 401:
                nonce = fresh('n')
                self.nonces.add(nonce)
                headers = [f'WWW-Authenticate: Digest realm="{DOMAIN}", nonce="{nonce}", algorithm=MD5']
            self.answer(m, status, headers, tag=fresh('g'))
            return
        self.bindings[user] = m.contact
        self.answer(m, 200, [f"Contact: <{m.contact}>;expires={m['Expires'] or 3600}"], tag=fresh('g'))

    def challenge(self, m, user):
        """None where the credentials are right."""
        given = m['Authorization']
        if not given:
            return 401
        said = {k.strip(): v.strip('"') for k, _, v in
                (p.partition('=') for p in given.partition(' ')[2].split(','))}
        right = user in self.users and said.get('nonce') in self.nonces and \
            said.get('response') == digest(user, self.users[user], said['nonce'], uri=said.get('uri', ''))
        return None if right else 401


# --- TCP --------------------------------------------------------------------------


class Stream:
    """A connection; whole messages of it go to a party."""

    def __init__(self, loop, sock, party):
        self.loop, self.sock, self.party, self.buf = loop, sock, party, b''
        loop.reader(sock, self.readable)

    def readable(self):
        try:
            more = self.sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            more = b''
        if not more:
            self.loop.forget(self.sock)
            return
        self.buf += more
        while (end := self.buf.find(b'\r\n\r\n')) >= 0:
            length = self.buf.find(b'\r\nContent-Length: ', 0, end)
            end += 4 + int(self.buf[length + 18:].split(b'\r', 1)[0])
            if len(self.buf) < end:
                break
            data, self.buf = self.buf[:end], self.buf[end:]
            self.party.heard(data, self)

    def send(self, data):
        try:
            self.sock.send(data)
        except OSError:
            pass


class TcpPhone(Phone):
    """Connects when it is made."""

    transport = 'TCP'

    def open(self, ns):
        with netns(ns):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.bind((self.addr, self.port))
        self.sock.setblocking(False)
        self.contact += ';transport=tcp'

    def connect(self):
        self.sock.connect_ex(self.proxy.at)
        self.stream = Stream(self.loop, self.sock, self)

    def send(self, data, to):
        self.stream.send(data)


class TcpProxy(Proxy):
    """Answers on the connection that a request came over."""

    transport = 'TCP'

    def open(self, ns):
        with netns(ns):
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((self.addr, self.port))
        self.sock.listen(1024)
        self.loop.reader(self.sock, self.accept)

    def accept(self):
        try:
            while True:
                sock, _ = self.sock.accept()
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                Stream(self.loop, sock, self)
        except BlockingIOError:
            pass

    def send(self, data, to):
        to.send(data)


# --- calls ------------------------------------------------------------------------


class Media:
    """A socket for RTP; who has sent what is told by its text."""

    def __init__(self, loop, ns, addr, port):
        self.at = addr, port
        self.sock = bound(ns, addr, port)
        self.heard = {}
        self.count = 0
        loop.reader(self.sock, self.readable)

    def readable(self):
        for _ in range(32):
            try:
                data = self.sock.recv(2048)
            except BlockingIOError:
                return
            if data[12:13] == b'!':
                self.count += 1
                self.heard[data[12:]] = True

    def speak(self, text, to):
        try:
            self.sock.sendto(b'\x80\0' + bytes(10) + text, to)
        except OSError:
            pass


class Side:
    """One party's half of a dialog."""

    def __init__(self, party, media):
        self.party, self.media = party, media
        self.tag, self.cseq, self.version = fresh('t'), 0, 1
        self.remote_tag = self.target = ''
        self.peer_at = None         # where its peer says that media is heard


class Call:
    """caller calls callee, one of whom is a Phone; media: of the caller, of the callee."""

    def __init__(self, caller, callee, media, loop=None):
        self.loop = loop or caller.loop
        self.caller, self.callee = Side(caller, media[0]), Side(callee, media[1])
        self.id = fresh('call')
        self.why = None             # what went wrong
        self.set_up = None          # seconds
        self.settled = self.over = False
        self.on_settled = self.on_over = lambda call: None
        caller.calls[self.id] = callee.calls[self.id] = self
        self.unconfirmed = []

    @property
    def phone(self):
        return self.caller if self.caller.party.inside else self.callee

    @property
    def published(self):
        """Where the phone's media is heard outside."""
        return self.other(self.phone).peer_at

    def other(self, side):
        return self.callee if side is self.caller else self.caller

    def side_of(self, party):
        return self.caller if party is self.caller.party else self.callee

    def fail(self, why):
        if not self.why:
            self.why = why
        self.settle()

    def settle(self):
        if not self.settled:
            self.settled = True
            self.on_settled(self)

    # requests that one side sends

    def headers(self, side, method):
        caller, callee = f'<sip:{self.caller.party.user}@{DOMAIN}>', f'<sip:{self.callee.party.user}@{DOMAIN}>'
        local, remote = (caller, callee) if side is self.caller else (callee, caller)
        headers = [f'From: {local};tag={side.tag}', 'To: ' + remote + (f';tag={side.remote_tag}' if side.remote_tag else ''),
                   'Call-ID: ' + self.id, f'CSeq: {side.cseq} {method}']
        return headers + ([f'Contact: <{side.party.contact}>'] if method != 'BYE' else [])

    def ask(self, side, method, done, body=''):
        if method != 'ACK':
            side.cseq += 1
        to = side.party.to_send(side.target)
        side.party.ask(method, to, side.target, self.headers(side, method), done, body)

    def start(self):
        caller, callee = self.caller, self.callee.party
        if callee.inside:
            caller.target = caller.party.bindings.get(callee.user, '')
            if not caller.target:
                self.fail('not registered')
                return
        else:
            caller.target = callee.contact
        self.began = time.monotonic()
        self.ask(caller, 'INVITE', self.answered, sdp(caller.media.at))

    def answered(self, m):
        if not m or m.status != 200:
            self.fail(f'INVITE: {m.start if m else "no answer"}')
            return
        self.set_up = time.monotonic() - self.began
        self.confirm(self.caller.party, m)
        if self.why:
            return
        self.talk(lambda good: self.settle() if good else self.fail(str(good)))

    def confirm(self, party, m):
        """The ACK of a 2xx; what its answer says is learned."""
        side = self.side_of(party)
        if party.bad(m):
            self.fail(f'{m.start}: {party.bad(m)}')
        side.remote_tag, side.target, side.peer_at = m.tag('To'), m.contact, m.media
        self.ask(side, 'ACK', None)

    # requests that arrive

    def asked_for(self, party, m):
        side = self.side_of(party)
        if party.bad(m):
            self.fail(f'{m.method}: {party.bad(m)}')
        if m.method == 'INVITE':
            side.remote_tag, side.target, side.peer_at = m.tag('From'), m.contact, m.media
            if not m.tag('To'):
                party.answer(m, 180, [f'Contact: <{party.contact}>'], tag=side.tag)
            self.accept(side, m)
        elif m.method == 'ACK':
            for alive in self.unconfirmed:
                alive.clear()
            self.unconfirmed.clear()
        elif m.method == 'BYE':
            party.answer(m, 200)

    def accept(self, side, m):
        """200, again and again until its ACK comes."""
        data = side.party.answer(m, 200, [f'Contact: <{side.party.contact}>'], sdp(side.media.at, side.version), side.tag)
        first = [True]

        def send():
            if not first:
                side.party.send(data, m.source)
            first.clear()

        self.unconfirmed.append(repeat(self.loop, send, T1, T2, PATIENCE, lambda: self.fail('no ACK')))

    # what a call does while it is up

    def talk(self, done):
        """Each side is to hear the other; done(Good or Bad)."""
        token = b'!' + fresh('').encode()
        words = {self.caller: token + b'>', self.callee: token + b'<'}     # of whom nobody has heard yet

        def again(tries):
            for side in list(words):
                if self.other(side).media.heard.pop(words[side], None):
                    del words[side]
            if not words:
                done(Good())
            elif not tries:
                done(Bad('no media from ' + ' and '.join('inside' if s is self.phone else 'outside' for s in words)))
            else:
                for side, word in words.items():
                    side.media.speak(word, side.peer_at)
                self.loop.after(TALK_EVERY / 5 if tries == TALK_TRIES else TALK_EVERY, again, tries - 1)

        again(TALK_TRIES)

    def speak(self, text):
        """One packet each way."""
        for side in (self.caller, self.callee):
            side.media.speak(text, side.peer_at)

    def reoffer(self, from_inside, done):
        """A re-INVITE; done(Good or Bad)."""
        side = self.phone if from_inside else self.other(self.phone)
        published = self.published

        def answered(m):
            if not m or m.status != 200:
                done(Bad(f're-INVITE: {m.start if m else "no answer"}'))
                return
            self.confirm(side.party, m)
            done(Good() if self.published == published and not self.why else
                 Bad(self.why or f'published {self.published}, not {published}'))

        self.ask(side, 'INVITE', answered, sdp(side.media.at, side.version))

    def hang_up(self, from_inside, done=None):
        side = self.phone if from_inside else self.other(self.phone)

        def answered(m):
            self.over = True
            good = Good() if m and m.status == 200 else Bad(f'BYE: {m.start if m else "no answer"}')
            if not good:
                self.fail(str(good))
            for s in (self.caller, self.callee):
                self.loop.after(PATIENCE, s.party.calls.pop, self.id, None)
            if done:
                done(good)
            self.on_over(self)

        self.ask(side, 'BYE', answered)


class Good:
    def __bool__(self):
        return True

    def __str__(self):
        return 'good'


class Bad:
    def __init__(self, why):
        self.why = why

    def __bool__(self):
        return False

    def __str__(self):
        return self.why

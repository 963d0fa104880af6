# SPDX-License-Identifier: GPL-2.0
"""sip.py - scripted SIP peers for the end-to-end cases.

One process plays all sides: a socket stays in the network namespace where it was
opened, so a script opens one in lan, one in wan, and says in order what each sends and
what the other must see.  Results are TAP lines without numbers, for `play` of lib.sh.

    def a_call():
        phone, provider = Agent('lan', PHONE), Agent('wan', PROVIDER)
        call = connect(phone, provider, sdp(PHONE, 4000), sdp(PROVIDER, 6000))
        check('a public address is offered', call.offer.addr == ROUTER)

    play(a_call)
"""
import collections
import contextlib
import ctypes
import itertools
import os
import re
import select
import socket
import subprocess
import sys
import time
import traceback

PHONE, PHONE2 = '192.168.1.2', '192.168.1.3'
ROUTER, PROVIDER, OTHER = '203.0.113.1', '203.0.113.2', '203.0.113.3'
PHONE6, ROUTER6, PROVIDER6, OTHER6 = 'fd00:1::2', '2001:db8:1::1', '2001:db8:1::2', '2001:db8:1::3'
WAIT = 8        # seconds for what must come; a debug kernel is slow
QUIET = 0.3     # seconds for what must not
SIP_PORT = 5060

# --- namespaces and results ---------------------------------------------------

_libc = ctypes.CDLL(None, use_errno=True)
_home = os.open('/proc/self/ns/net', os.O_RDONLY)
_open = []          # sockets of the scenario that plays
_log = collections.deque(maxlen=24)
_failed = 0
_scene = ''         # what plays, in front of each result
_judge = None       # who takes the results instead: judged()


def _setns(fd):
    if _libc.setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), 'setns')


@contextlib.contextmanager
def netns(name):
    fd = os.open('/run/netns/' + name, os.O_RDONLY)
    try:
        _setns(fd)
        yield
    finally:
        _setns(_home)
        os.close(fd)


def say(text):
    _log.append(text)


def check(what, good, *notes):
    """One result; the notes and the last events are shown when it is bad."""
    global _failed
    if _judge:
        return _judge(what, good, notes)
    print(('ok - ' if good else 'not ok - ') + _scene + what, flush=True)
    if not good:
        _failed += 1
        for line in [str(n) for n in notes] + ['events:'] + list(_log):
            print('# ' + line.rstrip().replace('\r\n', '\n#     '), flush=True)
        _log.clear()
    return good


@contextlib.contextmanager
def judged(over):
    """The results of this time are not printed: the first one that is bad stands in the list that this gives, and raises."""
    global _judge
    bad = []

    def judge(what, good, notes):
        if not good:
            bad.extend([_scene + what] + [str(n) for n in notes] + list(_log)[-6:])
            raise over(what)
        return good
    _judge = judge
    try:
        yield bad
    finally:
        _judge = None


def equal(what, expected, got):
    return check(what, expected == got, f'expected: {expected!r}', f'got:      {got!r}')


class Missing(Exception):
    """What had to come did not."""


def play(*scenarios):
    """Plays one after the other; what breaks one does not end the others. Without a docstring it names no scene."""
    global _scene
    for scenario in scenarios:
        _log.clear()
        _scene = scenario.__doc__.splitlines()[0].rstrip('.') + ': ' if scenario.__doc__ else ''
        before = stats_if_any()
        try:
            scenario()
        except Missing as e:
            check(str(e), False, f'counters that moved: {moved(before) if before else "there are none"}')
        except Exception:
            check('broke off', False, *traceback.format_exc().splitlines())
        for s in _open:
            s.close()
        _open.clear()
    sys.exit(_failed != 0)


def in_router(*command):
    with netns('rtr'):
        return subprocess.run(command, capture_output=True, text=True).stdout


def stats():
    with netns('rtr'), open('/proc/net/sipalg/stats') as f:
        return {n: int(v) for n, v in (line.split() for line in f)}


def stats_if_any():
    """The counters, or None where the router has no module."""
    try:
        return stats()
    except OSError:
        return None


def moved(before):
    """Counters that differ from what stats() said before."""
    return {n: v - before[n] for n, v in stats().items() if v != before[n]}


def setting(name, value):
    with netns('rtr'), open('/proc/sys/net/netfilter/sipalg/' + name, 'w') as f:
        f.write(str(value) or '\n')      # to write nothing is to change nothing


def calls():
    """Call-ID -> its line of /proc/net/sipalg/calls, as words."""
    with netns('rtr'), open('/proc/net/sipalg/calls') as f:
        return {w[8]: w for w in (line.split() for line in list(f)[1:])}


def call_state(dialog):
    """'state reason' of a dialog's call."""
    words = calls().get(dialog.call_id[:64], ['', 'unknown', '', '', '', ''])
    return f'{words[1]} {words[5]}'


def waiting():
    """Published ports that wait for a packet: those of the router's expectations."""
    text = in_router('conntrack', '-L', 'expect')
    ipv6 = in_router('conntrack', '-L', 'expect', '-f', 'ipv6')
    return sorted(int(p) for p in re.findall(r'proto=17 .*?dport=(\d+)', text + ipv6))


def media_waiting():
    return [p for p in waiting() if p != SIP_PORT]


def eventually(condition, seconds=WAIT):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


# --- sockets ------------------------------------------------------------------


def is6(addr):
    return ':' in addr


def host(addr):
    return f'[{addr}]' if is6(addr) else addr


class Socket:
    """A UDP socket in a namespace."""

    def __init__(self, ns, addr, port):
        self.ns, self.addr, self.port = ns, addr, port
        with netns(ns):
            self.sock = socket.socket(socket.AF_INET6 if is6(addr) else socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.sock.bind((addr, port))
        _open.append(self.sock)

    def __str__(self):
        return f'{self.ns} {host(self.addr)}:{self.port}'

    def send(self, data, to):
        say(f'{self} -> {to[0]}:{to[1]}  {data[:60]!r}')
        self.sock.sendto(data, to)

    def recv(self, seconds=WAIT):
        """(data, (address, port)), or (None, None) where nothing comes in time."""
        ready = select.poll()       # select() knows no descriptor above 1023
        ready.register(self.sock, select.POLLIN)
        if not ready.poll(seconds * 1000):
            say(f'{self}: nothing came')
            return None, None
        data, source = self.sock.recvfrom(65535)
        say(f'{self} <- {source[0]}:{source[1]}  {data[:60]!r}')
        return data, source[:2]

    def drain(self):
        while self.recv(0)[0] is not None:
            pass


class Rtp(Socket):
    """A media socket; its packets carry a text by which they are known again."""

    _seq = itertools.count()

    def speak(self, text, to):
        n = next(self._seq)
        self.send(bytes([0x80, 0, n >> 8 & 255, n & 255]) + bytes(8) + text.encode(), to)

    def hear(self, seconds=WAIT):
        """(text, source)"""
        data, source = self.recv(seconds)
        return (None, None) if data is None else (data[12:].decode(), source)


def heard(what, speaker, to, listener, source=None):
    """The listener gets what the speaker sends there, and from that source."""
    text = f'{what} {next(Rtp._seq)}'
    speaker.speak(text, to)
    got, seen = listener.hear()
    return check(what, got == text and source in (None, seen),
                 f'heard {got!r} from {seen}, not {text!r} from {source}')


def unheard(what, speaker, to, listener):
    speaker.speak(what, to)
    got, seen = listener.hear(QUIET)
    return check(what, got is None, f'heard {got!r} from {seen}')


# --- messages -----------------------------------------------------------------

_compact = {'v': 'via', 'f': 'from', 't': 'to', 'i': 'call-id', 'm': 'contact', 'l': 'content-length',
            'c': 'content-type', 'k': 'supported', 's': 'subject', 'r': 'refer-to', 'b': 'referred-by'}


class Message:
    """A message as it came: start line, headers in order, body."""

    def __init__(self, data, source=None):
        self.data, self.source = data, source
        head, _, self.body = data.partition(b'\r\n\r\n')
        lines = re.sub(rb'\r\n[ \t]+', b' ', head).decode('utf-8', 'replace').split('\r\n')
        self.start = lines[0]
        pairs = [line.partition(':')[::2] for line in lines[1:]]
        self.headers = [(_compact.get(n.strip().lower(), n.strip().lower()), v.strip()) for n, v in pairs]
        self.status = int(self.start.split()[1]) if self.start.startswith('SIP/2.0 ') else 0
        self.method = self['cseq'].split()[-1] if self.status else self.start.split()[0]
        self.uri = None if self.status else self.start.split()[1]

    def __getitem__(self, name):
        """The first value of a header, '' where it is missing."""
        return next((v for n, v in self.headers if n == name), '')

    def all(self, name):
        return [v for n, v in self.headers if n == name]

    def tag(self, name):
        found = re.search(r';\s*tag=([^;\s]+)', self[name])
        return found.group(1) if found else ''

    @property
    def contact(self):
        """URI of the first Contact."""
        return re.sub(r'^.*<([^>]*)>.*$', r'\1', self['contact'])

    @property
    def sdp(self):
        return Sdp(self.body.decode())

    @property
    def is_exact(self):
        return int(self['content-length'] or -1) == len(self.body)


class Sdp:
    """What a test wants to know of a description: addresses and ports."""

    def __init__(self, text):
        self.text = text
        self.origin = self.session = None
        self.media = []     # [type, port, address, rtcp port or None]
        for line in text.split('\r\n'):
            kind, _, value = line.partition('=')
            if kind == 'o':
                self.origin = value.split()[-1]
            elif kind == 'c' and not self.media:
                self.session = value.split()[-1]
            elif kind == 'c':
                self.media[-1][2] = value.split()[-1]
            elif kind == 'm':
                words = value.split()
                self.media.append([words[0], int(words[1].split('/')[0]), self.session, None])
            elif value.startswith('rtcp:'):
                self.media[-1][3] = int(value[5:].split()[0])

    @property
    def addr(self):
        return self.media[0][2]

    @property
    def port(self):
        return self.media[0][1]

    @property
    def at(self):
        return self.addr, self.port


def sdp(addr, *ports, version=1, mode=None, conn=None, user='-', more=''):
    """A description with one audio section a port."""
    family = 6 if is6(addr) else 4
    lines = ['v=0', f'o={user} 1 {version} IN IP{family} {addr}', 's=-', f'c=IN IP{family} {conn or addr}', 't=0 0']
    for port in ports:
        lines += [f'm=audio {port} RTP/AVP 0', 'a=rtpmap:0 PCMU/8000'] + ([f'a={mode}'] if mode else [])
    return '\r\n'.join(lines) + '\r\n' + more


def message(start, headers, body=''):
    lines = [start] + [f'{n}: {v}' for n, v in headers]
    if body:
        lines.append('Content-Type: application/sdp')
    lines += [f'Content-Length: {len(body.encode())}', '', body]
    return '\r\n'.join(lines).encode()


_serial = itertools.count(1)


def branch():
    return f'z9hG4bK-{os.getpid()}-{next(_serial)}'


class Agent(Socket):
    """A SIP user agent: sends messages, waits for messages, knows no rules."""

    def __init__(self, ns, addr, port=SIP_PORT, user='alice', contact=None):
        super().__init__(ns, addr, port)
        self.user = user
        self.contact = contact or f'sip:{user}@{host(addr)}:{port}'
        self.aor = f'sip:{user}@example.com'

    @property
    def at(self):
        return self.addr, self.port

    def via(self, branch_=None):
        return f'SIP/2.0/UDP {host(self.addr)}:{self.port};branch={branch_ or branch()}'

    def take(self, want=None, seconds=WAIT):
        """The next message; it must be of that method or status, and its Content-Length exact."""
        data, source = self.recv(seconds)
        if data is None:
            raise Missing(f'{self} waited for {want}')
        m = Message(data, source)
        if want is not None and want != (m.status or m.method):
            raise Missing(f'{self} waited for {want}, got {m.start}')
        if not m.is_exact:
            check('Content-Length is exact', False, data.decode(errors='replace'))
        return m

    def reply(self, request, status, body='', tag='', headers=(), contact=True, to=None):
        """Answers a request at the address that it came from."""
        h = [('Via', v) for v in request.all('via')]
        h += [('Record-Route', v) for v in request.all('record-route')]
        dest = request['to']
        if tag and not request.tag('to'):
            dest += f';tag={tag}'
        h += [('From', request['from']), ('To', dest), ('Call-ID', request['call-id']), ('CSeq', request['cseq'])]
        if contact:
            h.append(('Contact', f'<{self.contact}>'))
        data = message(f'SIP/2.0 {status} Status', h + list(headers), body)
        self.send(data, to or request.source)
        return data

    def dial(self, uri, to, call_id=None):
        """A dialog to be."""
        n = next(_serial)
        return Dialog(self, call_id or f'call-{os.getpid()}-{n}@test', self.aor, f'l{n}', uri, '', uri, to)

    def dialog_of(self, invite, tag):
        """The callee's half of a dialog."""
        d = Dialog(self, invite['call-id'], self.aor, tag, self.aor, invite.tag('from'), invite.contact, invite.source)
        d.local_header, d.remote_header = invite['to'] + f';tag={tag}', invite['from']
        d.cseq = 1000
        return d


class Dialog:
    """One party's half of a dialog (RFC 3261 12)."""

    def __init__(self, agent, call_id, local, local_tag, remote, remote_tag, target, to):
        self.agent, self.call_id, self.target, self.to = agent, call_id, target, to
        self.local_header = f'<{local}>;tag={local_tag}'
        self.remote_header = f'<{remote}>'
        self.remote_tag = remote_tag
        self.local_tag = local_tag
        self.cseq = 0
        self.invite = {}        # CSeq -> branch

    def learn(self, response):
        """Takes tag and contact of the other party from a response."""
        self.remote_header, self.remote_tag = response['to'], response.tag('to')
        if response['contact']:
            self.target = response.contact

    def request(self, method, body='', cseq=None, branch_=None, headers=(), contact=True, uri=None,
                local=None, remote=None):
        if cseq is None:
            if method not in ('ACK', 'CANCEL'):
                self.cseq += 1
            cseq = self.cseq
        branch_ = branch_ or branch()
        if method == 'INVITE':
            self.invite[cseq] = branch_
        h = [('Via', self.agent.via(branch_)), ('Max-Forwards', '70'), ('From', local or self.local_header),
             ('To', remote or self.remote_header), ('Call-ID', self.call_id), ('CSeq', f'{cseq} {method}')]
        if contact and method not in ('CANCEL', 'BYE'):
            h.append(('Contact', f'<{self.agent.contact}>'))
        data = message(f'{method} {uri or self.target} SIP/2.0', h + list(headers), body)
        self.agent.send(data, self.to)
        return data

    def ack(self, body='', response=None):
        """ACK of a 2xx; with a response, of that refusal, in the INVITE's own transaction."""
        if response is None:
            return self.request('ACK', body)
        return self.request('ACK', remote=response['to'], branch_=self.invite[self.cseq], contact=False)

    def cancel(self):
        return self.request('CANCEL', branch_=self.invite[self.cseq])


Call = collections.namedtuple('Call', 'caller callee invite ok offer answer')


def connect(caller, callee, offer, answer, to=None, uri=None, tag=None, **how):
    """A whole call; offer and answer are what the other side saw."""
    a = caller.dial(uri or callee.contact, to or callee.at, **how)
    a.request('INVITE', offer)
    invite = callee.take('INVITE')
    tag = tag or f'r{next(_serial)}'
    callee.reply(invite, 180, tag=tag)
    caller.take(180)
    callee.reply(invite, 200, answer, tag=tag)
    ok = caller.take(200)
    a.learn(ok)
    a.ack()
    callee.take('ACK')
    return Call(a, callee.dialog_of(invite, tag), invite, ok, invite.sdp if offer else None, ok.sdp if answer else None)


def hang_up(dialog, other, status=200):
    """BYE, and its answer."""
    dialog.request('BYE')
    bye = other.take('BYE')
    other.reply(bye, status, contact=False)
    return dialog.agent.take(status)


def reoffer(dialog, other, offer, answer, method='INVITE'):
    """An offer within a dialog and its answer: what each other side saw."""
    dialog.request(method, offer)
    request = other.take(method)
    other.reply(request, 200, answer)
    ok = dialog.agent.take(200)
    if method == 'INVITE':
        dialog.ack()
        other.take('ACK')
    return request.sdp, ok.sdp if answer else None


def register(phone, registrar, expires=600, contact=None, granted=None, challenge=None, to=None, dialog=None,
             status=200, headers=()):
    """A REGISTER and its answer: (as the registrar saw it, the answer as the phone saw it, the dialog)."""
    d = dialog or phone.dial('sip:example.com', to or registrar.at)
    contact = f'<{contact or phone.contact}>' if contact != '*' else '*'
    h = [('Contact', contact), ('Expires', str(expires))] + list(headers)
    d.remote_header = f'<{phone.aor}>'
    if challenge:
        d.request('REGISTER', headers=h, contact=False)
        registrar.reply(registrar.take('REGISTER'), challenge, tag='g', contact=False)
        phone.take(challenge)
    d.request('REGISTER', headers=h, contact=False)
    seen = registrar.take('REGISTER')
    answer = [] if contact == '*' or not expires else \
        [('Contact', f'{v};expires={expires if granted is None else granted}') for v in seen.all('contact')]
    registrar.reply(seen, status, tag='g', contact=False, headers=answer if status == 200 else ())
    return seen, phone.take(status), d

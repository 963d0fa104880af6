# SPDX-License-Identifier: GPL-2.0
"""Calls beside floods: floods.py SECONDS CALLS RATE ATTACK...       ("all": every attack)

CALLS calls are held, and RATE new ones a second are set up, first in quiet, then beside each attack, which comes
from a program of its own (flood.c) as fast as that can send.  Each attack prints one line of figures.

The parties of this script have a processor to themselves where there are two, the attack has the other, so that the
router is measured and not the scheduler.  What an attack sends to a party never reaches the script (crowd.deafen).
"""
import json
import random
import re
import resource
import signal
import sys
from crowd import *
from sip import PROVIDER, OTHER, ROUTER, check, equal, play, stats

FLOOD = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'flood')
TEMPLATES = '/run/case/templates'
CALLERS = 120               # phones for the new calls
ATTACKER = '10.9.100.100'   # inside; 10.9.0.0/16 is local there
TRUNK = '10.9.101.100'      # inside too, and no attack before has had it blocked
INSIDE, MANY_INSIDE = '10.200.100.100', 100000      # spoofed
OUTSIDE, MANY_OUTSIDE = '198.18.100.100', 20000
STRANGER = '203.0.113.66'
ANSWERER = '203.0.113.67'   # 200 to everything
STREAMER = '10.8.0.2'       # a phone that signals over TCP
REGISTRAR = '203.0.113.69'  # and where it does
STORM = '203.0.113.68'      # 200 answers with other To tags to every INVITE
COUNT = 300000              # packets that a sender sends at most, in the time of the attack
LEGITIMATE = 10             # an attack is at least so many times as fast
RING = 1.0                  # seconds that a new call lasts
LOG_LINES = 10              # a second, at most
TIMES = bool(os.environ.get('FLOOD_TIMES'))     # judge how long things take: the machine is idle


# --- what an attack sends -------------------------------------------------------------


def write_templates(name, messages):
    os.makedirs(TEMPLATES, exist_ok=True)
    path = f'{TEMPLATES}/{name}'
    with open(path, 'wb') as f:
        for m in messages:
            m = m if isinstance(m, bytes) else m.encode('latin-1')
            f.write(struct.pack('>I', len(m)) + m)
    return path


def request(method, source, uri, *more, body='', cseq=1, to_tag=''):
    """A request from a source whose address is filled in; all that is random is %."""
    at = '^' * len(source)
    return text_of(f'{method} {uri} SIP/2.0', [
        f'Via: SIP/2.0/UDP {at}:5060;branch=z9hG4bK%%%%%%%%%%%%', 'Max-Forwards: 70',
        'From: <sip:x%%%%%%%%@example.com>;tag=%%%%%%%%', f'To: <sip:x%%%%%%%%@example.com>{to_tag}',
        'Call-ID: %%%%%%%%%%%%%%%%', f'CSeq: {cseq} {method}', f'Contact: <sip:x@{at}:5060>', *more], body)


def offer(source, port, sections=1):
    at = '^' * len(source)
    return (f'v=0\r\no=- 1 1 IN IP4 {at}\r\ns=-\r\nc=IN IP4 {at}\r\nt=0 0\r\n' +
            ''.join(f'm=audio {port + 2 * i} RTP/AVP 0\r\n' for i in range(sections)))


def invites(source, sections=1, to=PROVIDER):
    return [request('INVITE', source, f'sip:x%%%%%%%%@{to}', body=offer(source, 10000 + 2 * sections * i, sections))
            for i in range(64)]


def malformed():
    """A valid INVITE, hurt in one place each, and what others have published of that kind."""
    good = invites(ATTACKER)[0].replace(b'^' * len(ATTACKER), ATTACKER.encode()).decode()
    rnd = random.Random(7)
    hurt = [good.replace(*pair) for pair in (
        ('Content-Length: ', 'Content-Length: 4294967296'), ('Content-Length: ', 'Content-Length: -'),
        ('CSeq: 1', 'CSeq: 99999999999'), ('CSeq: 1 INVITE', 'CSeq: 1 BYE'), ('Via: ', 'Vla: '), ('From: ', 'From '),
        ('Call-ID: ', 'Call-ID\0: '), ('SIP/2.0/UDP', 'SIP/2.0/UDP UDP'), (':5060>', ':99999>'), ('<sip:', '<sip:<sip:'),
        ('\r\n', '\n'), ('\r\n\r\n', '\r\n'), ('Max-Forwards: 70', 'Max-Forwards: 70\r\n' * 200), ('m=audio', 'm=' + 'a' * 900),
        ('c=IN IP4', 'c=IN IP4 IN IP4'), ('To: ', 'To: "'), ('To: ', 'To: ' + '<' * 500), ('v=0', 'v'))]
    for _ in range(120):
        text = list(good)
        for _ in range(rnd.randrange(1, 20)):
            text[rnd.randrange(8, len(text))] = chr(rnd.randrange(256))
        hurt.append(''.join(text))
        hurt.append(good[:rnd.randrange(20, len(good))])
    folder = os.path.join(os.path.dirname(FLOOD), 'corpora', 'rfc4475')
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return hurt + [open(os.path.join(folder, n), 'rb').read() for n in names if os.path.getsize(os.path.join(folder, n)) < 1400]


def worst(source):
    """As much work as one message can be: 64 KB, 128 headers, 32 contacts, 70 Vias, many URIs."""
    at = '^' * len(source)
    contacts = ['Contact: ' + ', '.join(f'"a, \\"b\\" <c>" <sip:x{i}@{at}:{5060 + i}>;q=0.{i}' for i in range(32))]
    vias = [f'Via: SIP/2.0/UDP {at}:5060;branch=z9hG4bK%%%%%%%%'] + ['Via: SIP/2.0/UDP a.example.com;branch=z9hG4bKq'] * 60
    plain = ['From: <sip:x@example.com>;tag=%%%%%%%%', 'To: <sip:x@example.com>', 'Call-ID: %%%%%%%%%%%%%%%%', 'CSeq: 1 INVITE']

    def filled(headers, body=''):
        start = f'INVITE sip:x@{OTHER} SIP/2.0'
        room = 65000 - len(text_of(start, headers, body))
        fill = [f'X-{i}: ' + 'y' * min(8000, max(1, room // 9)) for i in range(9)] if room > 0 else []
        return text_of(start, headers + fill, body)

    return [filled(vias + plain + contacts), filled(vias[:1] + plain + contacts + [f'H{i}: v' for i in range(110)]),
            filled(vias + plain + contacts + [f'Record-Route: <sip:{at}:{5000 + i};lr>' for i in range(32)],
                   offer(source, 10000, 16)),
            filled(vias[:1] + plain + contacts, offer(source, 10000, 1) + 'a=' + 'z' * 30000 + '\r\n')]


def answers(source):
    """Answers that nobody has asked for."""
    return [text_of(f'SIP/2.0 {status} X', [
        f'Via: SIP/2.0/UDP {ROUTER}:5060;branch=z9hG4bK%%%%%%%%%%%%', 'From: <sip:x@example.com>;tag=%%%%%%%%',
        'To: <sip:x@example.com>;tag=%%%%%%%%', 'Call-ID: %%%%%%%%%%%%%%%%', 'CSeq: 1 INVITE',
        f'Contact: <sip:x@{source}:5060>'], offer(source, 10000).replace('^' * len(source), source))
        for status in (180, 200, 486)]


def sender(ns, name, messages, source, to, ports, *more, sources=1, source_port=5060, how='send'):
    path = write_templates(name, messages)
    return ns, [FLOOD, how, '-t', path, '-s', source, '-n', str(sources), '-d', to, '-p', str(ports),
                '-q', str(source_port), *more]


def fixed(message, digit=b'7'):
    """The same each time: nothing of it is random."""
    return message.replace(b'%', digit)


def half_sent(source):
    return request('INVITE', source, f'sip:x@{OTHER}', body='x' * 64000).replace(b'^', b'1')


def in_dialog():
    """One call, and what is sent in it without end."""
    first = fixed(request('INVITE', ATTACKER, f'sip:x@{ANSWERER}'))
    info = fixed(request('INFO', ATTACKER, f'sip:x@{ANSWERER}', cseq=2, to_tag=';tag=answer'))
    branch = b'z9hG4bK' + b'7' * 12
    return first, info.replace(branch, branch[:7] + b'%' * 12)


def doors(lab):
    """Ports of the router behind which phones wait for calls."""
    return ','.join(str(at_of(lab.proxy.bindings[p.user])[1]) for p in lab.phones[::5])


ATTACKS = {
    'invite from inside': lambda lab: [
        sender('lan', 'a', invites(ATTACKER), ATTACKER, PROVIDER, 5060, source_port=0)],
    'invite from outside': lambda lab: [
        sender('wan', 'a', invites(STRANGER, to=ROUTER), STRANGER, ROUTER, doors(lab))],
    'invite from inside, spoofed': lambda lab: [
        sender('lan', 'a', invites(INSIDE), INSIDE, PROVIDER, 5060, sources=MANY_INSIDE)],
    'invite from outside, spoofed': lambda lab: [
        sender('wan', 'a', invites(OUTSIDE, to=ROUTER), OUTSIDE, ROUTER, doors(lab), sources=MANY_OUTSIDE)],
    'invite to one proxy': lambda lab: [
        sender('lan', 'a', invites(INSIDE), INSIDE, PROVIDER, 5060, '-r', '3000', sources=200)],
    'register scan': lambda lab: [
        sender('lan', 'a', [request('REGISTER', ATTACKER, 'sip:x.example.com', 'Expires: 600')], ATTACKER, OTHER, 5060)],
    'options scan': lambda lab: [
        sender('wan', 'a', [request('OPTIONS', STRANGER, f'sip:x%%%%@{ROUTER}')], STRANGER, ROUTER, '5060,' + doors(lab))],
    'malformed': lambda lab: [
        sender('lan', 'a', malformed(), ATTACKER, OTHER, 5060, source_port=0)],
    'worst case': lambda lab: [
        sender('lan', 'a', worst(ATTACKER), ATTACKER, OTHER, 5060)],
    'sixteen media': lambda lab: [
        sender('lan', 'a', invites(ATTACKER, 16), ATTACKER, PROVIDER, 5060, source_port=0)],
    'slow TCP': lambda lab: [
        sender('lan', 'a', [request('INVITE', ATTACKER, f'sip:x@{OTHER}', body='x' * 60000).replace(b'^', b'1')], ATTACKER, OTHER,
               5060, sources=1000, how='slow')],
    'fragments': lambda lab: [
        sender('lan', 'a', invites(ATTACKER), ATTACKER, OTHER, 5060, '-f', '64', source_port=0),
        sender('lan', 'b', invites(ATTACKER), ATTACKER, OTHER, 5060, '-f', '256', '-x', source_port=0)],
    'media from strangers': lambda lab: [
        sender('wan', 'a', [b'\x80\0' + bytes(170)], OUTSIDE, ROUTER, '1024-65535', sources=MANY_OUTSIDE, source_port=0)],
    'answers to nothing': lambda lab: [
        sender('wan', 'a', answers(STRANGER), STRANGER, ROUTER, doors(lab))],
    'answers to nothing, as the proxy': lambda lab: [
        sender('wan', 'a', answers(PROVIDER), PROVIDER, ROUTER, doors(lab))],
    'copies of one INVITE': lambda lab: [
        sender('lan', 'a', [fixed(invites(ATTACKER)[0])], ATTACKER, PROVIDER, 5060),
        sender('wan', 'b', [fixed(invites(STRANGER, to=ROUTER)[0])], STRANGER, ROUTER, doors(lab))],
    'requests in a dialog': lambda lab: [
        sender('lan', 'a', in_dialog()[:1], ATTACKER, ANSWERER, 5060, '-r', '1', '-c', '2'),
        sender('lan', 'b', in_dialog()[1:], ATTACKER, ANSWERER, 5060)],
    'emergency numbers': lambda lab: [
        sender('lan', 'a', [request('INVITE', ATTACKER, f'sip:112@{PROVIDER}', body=offer(ATTACKER, 10000))], ATTACKER, PROVIDER, 5060),
        sender('wan', 'b', [request('INVITE', STRANGER, f'sip:911@{ROUTER}', body=offer(STRANGER, 10000))], STRANGER, ROUTER,
               doors(lab))],
    'lines of LF': lambda lab: [
        sender('lan', 'a', [m.replace(b'\r\n', b'\n') for m in invites(ATTACKER)], ATTACKER, PROVIDER, 5060),
        sender('wan', 'b', [m.replace(b'\r\n', b'\n') for m in invites(STRANGER, to=ROUTER)], STRANGER, ROUTER, doors(lab))],
    'wrong numbers through a trunk': lambda lab: [
        sender('lan', 'a', invites(TRUNK, to=ANSWERER), TRUNK, ANSWERER, 5060, '-r', '100', sources=TRUNKS),
        sender('lan', 'b', invites(TRUNK, to=OTHER), TRUNK, OTHER, 5060, '-r', '80', '-w', '3', sources=TRUNKS)],
    'half-sent TCP': lambda lab: [
        sender('lan', 'a', [half_sent(ATTACKER)], ATTACKER, OTHER, 5060, '-b', '16384', '-r', '0', sources=400, how='slow')],
    'To-tag storm': lambda lab: [
        sender('lan', 'a', invites(ATTACKER, to=STORM), ATTACKER, STORM, 5060, '-r', '100')],
}
# whom nobody may have blocked
BLAMELESS = ('wrong numbers through a trunk',)
TRUNKS = 10                 # that do not register


# --- what is measured -----------------------------------------------------------------


def lines_of(path):
    """Lines of a file without its first."""
    n = -1
    try:
        with open(path, 'rb', buffering=0) as f:
            while part := f.read(1 << 16):
                n += part.count(b'\n')
    except OSError:
        return 0
    return max(n, 0)


def tables():
    with netns('rtr'):
        sizes = {n: lines_of('/proc/net/sipalg/' + n) for n in ('calls', 'bindings', 'sources')}
        sizes['expectations'] = max(0, lines_of('/proc/net/nf_conntrack_expect') + 1)
        with open('/proc/sys/net/netfilter/nf_conntrack_count') as f:
            sizes['connections'] = int(f.read())
    return sizes


def on_cpu(cpu, nice):
    if (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {cpu})
    os.setpriority(os.PRIO_PROCESS, 0, nice)


class Watch:
    """A process that remembers how large the tables have been."""

    def __init__(self):
        self.pipe, out = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(out)
            return
        on_cpu(0, 5)
        over, most = [], {}
        signal.signal(signal.SIGTERM, lambda *_: over.append(True))
        while True:
            for name, size in tables().items():
                most[name] = max(size, most.get(name, 0))
            if over:
                break
            time.sleep(1)
        os.write(out, json.dumps(most).encode())
        os._exit(0)

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        with os.fdopen(self.pipe) as f:
            most = json.load(f)
        os.waitpid(self.pid, 0)
        return most


class Streams:
    """A process that sends SIP over TCP, each message on a connection of its own and in two segments."""

    def __init__(self):
        self.pipe, out = os.pipe()
        self.pid = os.fork()
        if self.pid:
            os.close(out)
            return
        on_cpu((os.cpu_count() or 1) - 1, 0)
        over, sent, bad = [], 0, []
        signal.signal(signal.SIGTERM, lambda *_: over.append(True))
        with netns('wan'):
            server = socket.create_server((REGISTRAR, 5060))
        while not over:
            sent += 1
            wrong = self.one(server, sent)
            bad += [wrong] if wrong else []
            time.sleep(0.1)
        os.write(out, json.dumps([sent, sent - len(bad), bad[:3]]).encode())
        os._exit(0)

    @staticmethod
    def one(server, n):
        """What is wrong with what arrives; '': it is whole, and translated."""
        text = text_of(f'OPTIONS sip:{REGISTRAR} SIP/2.0', [
            f'Via: SIP/2.0/TCP {STREAMER}:5060;branch=z9hG4bKs{n}', 'Max-Forwards: 70', f'From: <sip:s@{STREAMER}>;tag=s{n}',
            f'To: <sip:{REGISTRAR}>', f'Call-ID: s{n}@{STREAMER}', 'CSeq: 1 OPTIONS', f'Contact: <sip:s@{STREAMER}:5060;transport=tcp>'])
        with netns('lan'):
            client = socket.socket()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.settimeout(PATIENCE)
        server.settimeout(PATIENCE)
        got = b''
        try:
            client.bind((STREAMER, 0))
            client.connect((REGISTRAR, 5060))
            client.sendall(text[:150])
            time.sleep(0.02)
            client.sendall(text[150:])
            # one that was given up before may come first
            while f'Call-ID: s{n}@'.encode() not in got:
                far = server.accept()[0]
                far.settimeout(PATIENCE)
                got = b''
                while b'\r\n\r\n' not in got and (part := far.recv(4096)):
                    got += part
                far.close()
        except OSError as e:
            return f'{e}, after {got!r}'
        finally:
            client.close()
        top = got.partition(b'\r\nMax-Forwards')[0]
        good = got.endswith(b'\r\n\r\n') and ROUTER.encode() in top and STREAMER.encode() not in top
        return '' if good else repr(got)

    def end(self):
        """(messages sent, those that arrived translated, what was wrong with others)"""
        os.kill(self.pid, signal.SIGTERM)
        with os.fdopen(self.pipe) as f:
            result = json.load(f)
        os.waitpid(self.pid, 0)
        return result


class KernelLog:
    """Lines of the modules, by second."""

    def __init__(self):
        self.since = self.last()

    @staticmethod
    def stamps():
        text = subprocess.run(['dmesg'], capture_output=True, text=True).stdout
        return [float(line[1:].partition(']')[0]) for line in text.splitlines()
                if 'sipalg' in line and line.startswith('[')]

    def last(self):
        return max(self.stamps(), default=0)

    def most_a_second(self):
        seconds = {}
        for t in self.stamps():
            if t > self.since:
                seconds[int(t)] = seconds.get(int(t), 0) + 1
        return max(seconds.values(), default=0)


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p))] if values else float('nan')


class Lab:
    """The phones, their proxy, the calls that are held."""

    def __init__(self, held, rate):
        self.loop, self.rate = Loop(), rate
        self.proxy = Proxy(self.loop, 'wan', PROVIDER)
        addresses = [f'10.1.{i // 200}.{i % 200 + 2}' for i in range(held + CALLERS)]
        batch_of('lan', [f'addr add {a}/32 dev l0' for a in addresses])
        self.phones = [Phone(self.loop, 'lan', a, f'u{i}', self.proxy) for i, a in enumerate(addresses)]
        self.media = {p: (Media(self.loop, 'lan', p.addr, 4000), Media(self.loop, 'wan', OTHER, 20000 + 2 * i))
                      for i, p in enumerate(self.phones)}
        self.callers, self.quiet = itertools.cycle(self.phones[held:]), None
        self.held = []

    def call(self, phone, outgoing):
        inside, outside = self.media[phone]
        if outgoing:
            return Call(phone, self.proxy, (inside, outside))
        return Call(self.proxy, phone, (outside, inside))

    def all_of(self, items, each, good, seconds=60, together=20):
        """each(item) for all, so many at a time, until good(item)."""
        items = list(items)
        for i in range(0, len(items), together):
            for item in items[i:i + together]:
                each(item)
            self.loop.run(seconds, lambda: all(good(x) is not None for x in items[i:i + together]))
        return [x for x in items if not good(x)]

    def register(self):
        bad = self.all_of(self.phones, lambda p: p.register(), lambda p: p.registered)
        check('every phone is registered', not bad and not self.proxy.untranslated, bad and bad[0].refusals)

    def hold(self, phones):
        calls = [self.call(p, i % 2 == 0) for i, p in enumerate(phones)]
        bad = self.all_of(calls, Call.start, lambda c: None if not c.settled else not c.why, together=10)
        for c in bad[:3]:
            print('# not set up:', c.why)
        self.held += [c for c in calls if not c.why]
        return not bad

    def states(self):
        """Call-ID -> state, of the router's own list."""
        with netns('rtr'), open('/proc/net/sipalg/calls') as f:
            next(f)
            return {w[8]: w[1] for w in (line.split() for line in f) if w[8].startswith('call')}


class Phase:
    """Some seconds, with an attack or without."""

    def __init__(self, lab, name, seconds, senders):
        self.lab, self.loop, self.name, self.seconds, self.senders = lab, lab.loop, name, seconds, senders
        self.new, self.lost = [], {}        # lost: held call -> why
        self.spoken = self.heard = self.offers = 0
        self.ended = []

    @property
    def has_streams(self):
        """In quiet, and where TCP is attacked, SIP over TCP is measured."""
        return not self.senders or any('slow' in argv for _, argv in self.senders)

    def lose(self, call, why):
        self.lost.setdefault(call, why)

    # the legitimate side

    def new_call(self):
        if not self.going:
            return
        self.loop.after(1 / self.lab.rate, self.new_call)
        call = self.lab.call(next(self.lab.callers), len(self.new) % 2 == 0)
        call.on_settled = lambda c: None if c.why else self.loop.after(RING, c.hang_up, len(self.new) % 4 < 2)
        self.new.append(call)
        call.start()

    def re_invite(self):
        if not self.going or not self.turn:
            return
        self.loop.after(self.seconds * 0.8 / len(self.lab.held), self.re_invite)
        call = self.turn.pop()
        if call in self.ended:
            return
        self.offers += 1
        call.reoffer(len(self.turn) % 2 == 0, lambda good: None if good else self.lose(call, str(good)))

    def stream(self):
        """RTP both ways in a sample of the held calls, ten packets a second."""
        if not self.going:
            return
        self.loop.after(0.1, self.stream)
        for c in self.sample:
            c.speak(b'!!')
            self.spoken += 2

    def sample_heard(self):
        return sum(m.count for c in self.sample for m in self.lab.media[c.phone.party])

    def hang_up_some(self):
        """A tenth of the held calls ends while the attack goes on."""
        for i, call in enumerate(self.lab.held[:max(1, len(self.lab.held) // 10)]):
            self.ended.append(call)
            call.hang_up(i % 2 == 0, lambda good, c=call: None if good else self.lose(c, str(good)))

    # the phase

    def run(self):
        self.before, log, watch = stats(), KernelLog(), Watch()
        streams = Streams() if self.has_streams else None
        procs = [subprocess.Popen(['nsenter', '--net=/run/netns/' + ns, argv[0], argv[1], '-T', str(self.seconds),
                                   '-r', str(COUNT // self.seconds), *argv[2:]],
                                  stdout=subprocess.PIPE, text=True, preexec_fn=lambda: on_cpu(0, 0))
                 for ns, argv in self.senders]
        self.going = True
        self.turn, self.sample = list(self.lab.held), self.lab.held[-10:]
        random.shuffle(self.turn)
        heard = self.sample_heard()
        for step in (self.new_call, self.re_invite, self.stream):
            step()
        self.loop.after(self.seconds * 0.8, self.hang_up_some)
        self.loop.run(self.seconds)
        self.going = False
        said = [p.communicate()[0] for p in procs]
        self.loop.run(PATIENCE + 5, lambda: all(c.over for c in self.ended))
        self.look_at_list()
        self.loop.run(PATIENCE + 5, lambda: all(c.settled for c in self.new))
        self.heard = self.sample_heard() - heard
        self.tables, self.log = watch.end(), log.most_a_second()
        self.streams = streams.end() if streams else None
        self.after = stats()
        self.sent = sum(int(w) for s in said for w in re.findall(r'sent (\d+)', s))
        self.took = max([float(w) for s in said for w in re.findall(r'in ([\d.]+) s', s)], default=0)
        self.connected = sum(int(w) for s in said for w in re.findall(r'connections (\d+)', s))
        self.look_at_held()

    def look_at_list(self):
        """What the router itself says of those that are held, and of those that have just ended."""
        states = self.lab.states()
        self.unlisted = sum(c.id not in states for c in self.lab.held if c not in self.ended)
        for _ in range(3 if self.unlisted else 0):
            states.update(self.lab.states())
        for c in self.lab.held:
            # a call that has ended is remembered while there is room
            wanted = ('ended', None) if c in self.ended else ('up',)
            if states.get(c.id) not in wanted:
                self.lose(c, f'its state is {states.get(c.id)}, not {wanted[0]}')

    def look_at_held(self):
        self.lab.held = [c for c in self.lab.held if c not in self.ended]
        heard = {}
        self.lab.all_of(self.lab.held, lambda c: c.talk(lambda good: heard.setdefault(c, good)), lambda c: heard.get(c))
        for c in self.lab.held:
            if c.why or not heard.get(c):
                self.lose(c, c.why or str(heard.get(c)))

    @property
    def dropped(self):
        return sum(v - self.before[n] for n, v in self.after.items()
                   if n.startswith('flood_') or n in ('blocked', 'malformed_dropped', 'tcp_full'))

    def report(self):
        good = [c for c in self.new if c.settled and not c.why]
        failed = [c for c in self.new if c not in good]
        p99 = percentile([c.set_up for c in self.new if c.set_up], .99)
        quiet = self.lab.quiet if self.lab.quiet is not None else p99
        of = len(self.lab.held) + len(self.ended)
        print(f'# {self.name}: sent {self.sent} in {self.took:.1f} s ({self.sent / (self.took or 1):.0f}/s'
              + (f', {self.connected} connections' if self.connected else '') +
              f'), dropped {self.dropped}; held {of}, lost {len(self.lost)}, re-INVITEs {self.offers}, BYEs {len(self.ended)}; '
              f'new {len(self.new)}, succeeded {len(good)}; set-up p99 quiet {quiet * 1e3:.0f} ms, now {p99 * 1e3:.0f} ms; '
              f'RTP heard {100 * self.heard / (self.spoken or 1):.1f} %; most ' +
              ', '.join(f'{n} {v}' for n, v in self.tables.items()) + f'; log {self.log}/s')
        moved = {n: v - self.before[n] for n, v in self.after.items() if v != self.before[n]}
        print('#   counters:', ' '.join(f'{n} {v}' for n, v in moved.items()))
        if self.streams:
            print('#   SIP over TCP: sent {}, arrived translated {}'.format(*self.streams))
        for what, some in (('lost', [f'{c.id}: {w}' for c, w in self.lost.items()]), ('failed', [f'{c.id}: {c.why}' for c in failed])):
            for line in some[:4]:
                print(f'#   {what}: {line}')
        self.judge(good, p99, quiet)

    def judge(self, good, p99, quiet):
        name = self.name
        if self.senders and TIMES:
            check(f'{name}: at least ten times as fast as what is legitimate', self.sent >= LEGITIMATE * self.lab.rate * self.took > 0)
        if self.streams:
            sent, translated, _ = self.streams
            check(f'{name}: all SIP over TCP of another host is translated', translated == sent >= self.seconds, self.streams)
        if name in BLAMELESS:
            equal(f'{name}: messages dropped as those of a guesser', 0, self.after['blocked'] - self.before['blocked'])
        check(f'{name}: no held call is lost', not self.lost)
        equal(f'{name}: held calls that one reading of the list leaves out', 0, self.unlisted)
        check(f'{name}: 99.9 % of the new calls succeed', len(good) >= 0.999 * len(self.new) > 0)
        if TIMES:
            check(f'{name}: a new call takes no longer than twice its time in quiet, or half of T1', p99 <= max(2 * quiet, T1 / 2))
        check(f'{name}: tables stay under their caps', self.tables['calls'] <= cap('calls_max') and
              self.tables['bindings'] <= cap('bindings_max') and self.tables['expectations'] <= 0.75 * cap('nf_conntrack_expect_max', '') and
              self.tables['connections'] < cap('nf_conntrack_max', ''))
        check(f'{name}: at most ten lines a second in the log', self.log <= LOG_LINES)


def cap(name, folder='sipalg/'):
    with netns('rtr'), open(f'/proc/sys/net/netfilter/{folder}{name}') as f:
        return int(f.read())


def beside(lab, name, seconds, attack=None):
    phase = Phase(lab, name, seconds, attack(lab) if attack else [])
    phase.run()
    phase.report()
    if lab.quiet is None:
        lab.quiet = percentile([c.set_up for c in phase.new if c.set_up], .99)
    # the tables empty themselves, and what has gone is held again
    phones = {c.phone.party for c in lab.held}
    most = 2 * len(lab.phones) + 400

    def empty():
        sizes = tables()
        return sizes['expectations'] <= most and sizes['calls'] <= most

    for _ in range(40):
        lab.loop.run(2)
        if empty():
            break
    lab.loop.run(5)
    lab.hold([p for p in lab.phones[:lab.count] if p not in phones])


def floods():
    """floods"""
    seconds, held, rate, wanted = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    resource.setrlimit(resource.RLIMIT_NOFILE, (16384, 16384))
    os.sched_setaffinity(0, range(os.cpu_count()))
    on_cpu((os.cpu_count() or 1) - 1, -20)
    End.deaf = True
    lab = Lab(held, rate)
    lab.count = held
    lab.register()
    check('the calls to be held are up', lab.hold(lab.phones[:held]))
    beside(lab, 'quiet', seconds)
    for name, attack in ATTACKS.items():
        if wanted == ['all'] or name in wanted:
            beside(lab, name, seconds, attack)
    for c in list(lab.held):
        c.hang_up(True)
    lab.loop.run(PATIENCE, lambda: all(c.over for c in lab.held))
    check('those that were held can be ended', all(c.over and not c.why for c in lab.held))


play(floods)

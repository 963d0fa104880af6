# SPDX-License-Identifier: GPL-2.0
"""Published messages through the router, each compared with what had to arrive: corpus.py DIRECTORY PASS...

A pass is WAY-TRANSPORT-FAMILY-HOW, e.g. out-udp-4-nat or in-tcp-6-routed.  From inside, a message is sent from the
address that it says it is from, so nothing in it is edited; to the inside, the address that it is for is what the
router publishes for the phone.  Families: 4: as published; 4a: names of hosts become addresses first; 6: all of
them become IPv6 addresses (corpus_sets.with_addresses).
The first pass says for each message how it was counted.
"""
import collections
import sys
from corpus_rules import Way, call_id, fault, media_ports
from corpus_sets import SETS, messages
from tcp import *

FIRST_PORT = 20000      # of the phone, where the router publishes something else for it
BATCH = 8               # messages of a stream on their way at once


def batch_of(ns, lines):
    """Many commands of ip at once."""
    with netns(ns):
        subprocess.run(['ip', '-batch', '-'], input='\n'.join(lines), text=True, check=True)


class Counters:
    """The router's counters, read often: what has changed since the last time."""

    def __init__(self):
        with netns('rtr'):
            self.file = open('/proc/net/sipalg/stats', 'rb', buffering=0)
        self.last = self.read()

    def read(self):
        self.file.seek(0)
        return self.file.read(1 << 16).splitlines()

    def moved(self):
        last, self.last = self.last, self.read()
        return {new.split()[0].decode(): int(new.split()[1]) - int(old.split()[1])
                for old, new in zip(last, self.last) if old != new}


class Lab:
    """Addresses, routes and mappings for the messages."""

    def __init__(self, family, nat):
        self.form, self.nat = None if family == '4' else int(family[0]), nat
        self.family = int(family[0])
        self.phone, self.router, self.provider = \
            (PHONE6, ROUTER6, PROVIDER6) if self.family == 6 else (PHONE, ROUTER, PROVIDER)
        self.hosts, self.published, self.sets = {self.phone}, {}, {}
        self.named = collections.defaultdict(set)   # port or Call-ID -> hosts that have named it

    def messages(self, directory, name):
        """A set, read once; what is of the other family, or names nobody, has nothing to translate."""
        if name not in self.sets:
            self.sets[name] = messages(directory, name, self.form)
        for m in self.sets[name]:
            if m.own and (':' in m.own) != (self.family == 6):
                m.own = None
            if not m.receiver or (':' in m.receiver[0]) != (self.family == 6):
                m.receiver = self.router if self.nat else self.phone, SIP_PORT
        return self.sets[name]

    def give(self, addrs):
        """The phone gets these addresses."""
        new = sorted(set(addrs) - self.hosts)
        self.hosts |= set(new)
        bits, gate = (128, 'fd00:1::2') if self.family == 6 else (32, PHONE)
        batch_of('lan', [f'addr add {a}/{bits} dev l0{" nodad" * (self.family == 6)}' for a in new])
        batch_of('rtr', [f'route replace {a}/{bits} via {gate}' for a in new])
        if not self.nat:
            batch_of('wan', [f'route replace {a}/{bits} via {self.router}' for a in new])

    def publish(self, receivers):
        """A port of the phone for each (address, port), which is what the router shows of it."""
        if not self.nat:
            self.give({a for a, _ in receivers})
            return {r: r for r in receivers}
        new = sorted(set(receivers) - set(self.published))
        for r in new:
            self.published[r] = (self.phone, FIRST_PORT + len(self.published))
        bits = 128 if self.family == 6 else 32
        batch_of('wan', [f'route replace {a}/{bits} via {self.router}' for a in {a for a, _ in new} - {self.router}])
        if new:
            elements = ', '.join(f'{self.published[r][1]} : {r[0]} . {r[1]}' for r in new)
            in_router('nft', 'add', 'element', 'inet', 'published', f'at{self.family}', '{', elements, '}')
        return self.published


# --- datagrams ----------------------------------------------------------------------


class Datagrams:
    """Sockets on both sides; the provider's is one."""

    def __init__(self, lab):
        self.lab, self.socks = lab, {}
        self.provider = Agent('wan', lab.provider)

    def phone(self, at):
        if at not in self.socks:
            self.socks[at] = Socket('lan', *at)
        return self.socks[at]

    def out(self, m):
        """(what arrived, Way)"""
        own = m.own or self.lab.phone, SIP_PORT
        self.phone(own).send(m.data, self.provider.at)
        data, source = self.provider.recv(4)
        return data, Way(True, own, source or own)

    def opened(self, receiver, at):
        """The router knows the phone, and where it is reached: it has asked to be registered."""
        if at in self.socks:
            return
        self.phone(at).send(opener(at, 'UDP'), self.provider.at)
        data, source = self.provider.recv(4)
        if data is None or source != receiver:
            raise Missing(f'{at} is seen as {source}, not {receiver}')

    def into(self, m, receiver):
        at = self.lab.published[receiver] if self.lab.nat else receiver
        self.opened(receiver, at)
        self.provider.send(m.data, receiver)
        return self.phone(at).recv(4)[0], Way(False, receiver, at)


def opener(at, transport):
    """Names a contact, and makes no binding: one phone plays many here, and a binding leads back wherever it stands."""
    sent_by = f'{host(at[0])}:{at[1]}'
    return message('REGISTER sip:provider SIP/2.0', [
        ('Via', f'SIP/2.0/{transport} {sent_by};branch={branch()}'), ('From', '<sip:a@b>;tag=1'), ('To', '<sip:c@d>'),
        ('Call-ID', branch()), ('CSeq', '1 REGISTER'), ('Contact', f'<sip:a@{sent_by}>;expires=0')])


# --- streams ------------------------------------------------------------------------


class Stream:
    """A connection; messages come out of it as they went in, one behind the other."""

    def __init__(self, lab, at, is_out):
        self.a, self.b, self.seen = tcp_connection(at, (lab.provider, SIP_PORT))
        self.at, self.is_out = at, is_out
        if not is_out:
            self.a.sendall(opener(at, 'TCP'))
            self.take(self.b, bytearray(), 1)

    @staticmethod
    def take(sock, got, n):
        """n messages, by their lengths, and nothing behind them; or fewer."""
        found, sent, end = [], False, time.monotonic() + 4
        ready = select.poll()
        ready.register(sock, select.POLLIN)
        while len(found) < n and ready.poll(max(0, end - time.monotonic()) * 1000):
            more = sock.recv(1 << 16)
            if not more:
                break
            got += more
            while got and (size := framed(got)):
                found.append(bytes(got[:size]))
                del got[:size]
        return found

    def pass_on(self, batch):
        """[(message, what arrived)] for as many as arrived; '' behind them where bytes were left."""
        source, sink = (self.a, self.b) if self.is_out else (self.b, self.a)
        source.sendall(b''.join(m.data for m in batch))
        rest = bytearray()
        got = self.take(sink, rest, len(batch))
        if rest:
            got.append(bytes(rest))
        return got

    def way(self):
        return Way(True, self.at, self.seen, True) if self.is_out else Way(False, self.seen, self.at, True)

    def close(self):
        for s in (self.a, self.b):      # no connection waits for its last segments
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            s.close()


# --- passes -------------------------------------------------------------------------


def odd_fault(m, got, way):
    """Of a message that is odd nothing may change but the addresses of the way, their ports, and lengths."""
    def plain(text):
        for addr in (way.real[0], way.mapped[0]):
            text = re.sub(r'(?i)\[?' + re.escape(addr) + r'\]?(?![\d.:]*[\d]\.)', 'HOST', text)
        text = re.sub(r'HOST(\s*:\s*\d+)?', 'HOST', text)
        text = re.sub(r'(?mi)^(m=\S+ |a=rtcp:|(?:content-length|l)[ \t]*:[ \t]*)\d+', r'\1N', text)
        return re.sub(r'(?mi)(;\s*rport\s*=\s*)\d+', r'\1N', text)
    text = got.decode('latin-1')
    if plain(m.text) != plain(text):
        return f'odd, and it became {got!r}'
    via = re.search(r'(?mi)^(?:via|v)[ \t]*:[ \t]*SIP/2\.0/(?:UDP|TCP)[ \t]+([^\s;:,]+)', text)
    if via and 'via' not in m.odd and way.is_nat and way.is_out and via.group(1) == way.real[0] and m.is_request:
        return f'odd, and its Via is {way.real[0]} still'
    return None


class Result:
    """What became of one set in one pass."""

    def __init__(self, name, named):
        self.name, self.named = name, named
        self.sent = self.arrived = 0
        self.count, self.reasons = collections.Counter(), collections.Counter()
        self.bad, self.told, self.expected = [], [], collections.Counter()

    def judge(self, m, got, way):
        self.sent += 1
        if got is None:
            self.bad.append(f'{m.name}: did not arrive')
            return
        self.arrived += 1
        if m.broken:
            self.expected[m.broken] += 1
            self.count['not SIP' if m.broken == 'not_sip' else 'malformed'] += 1
            what = None if got == m.data else f'{m.broken}, but it became {got!r}'
        elif m.odd:
            self.count['odd'] += 1
            what = odd_fault(m, got, way)
        else:
            self.count['translated' if got != m.data else 'unchanged'] += 1
            ports, call = media_ports(m.text), call_id(m.text)
            what = fault(m.text, got.decode('latin-1'), way, [p for p in ports if self.named[p] - {way.real[0]}],
                         bool(self.named[call]))
            for key in (call, *ports):
                self.named[key].add(way.real[0])
        if what:
            self.bad.append(f'{m.name}: {what}')

    def say(self, counted):
        counts = [f'{self.count[k]} {k}' for k in ('translated', 'unchanged', 'odd', 'malformed', 'not SIP')]
        counts += [f'{n} not sent ({why})' for why, n in sorted(self.reasons.items())]
        print(f'# {self.name}: {self.sent} sent, {self.arrived} arrived, ' + ', '.join(counts))
        for line in self.told:
            print('#   ' + line)
        check(f'{self.name}: sent is what arrived ({self.arrived} of {self.sent})',
              self.sent and self.sent == self.arrived and not self.bad, *self.bad[:20])
        wrong = {n: v for n, v in counted.items() if n == 'not_sip' or n.startswith('malformed_')}
        equal(f'{self.name}: what is read and what is not', dict(self.expected), wrong)


class Pass:
    """All sets in one way, over one transport."""

    def __init__(self, directory, what, lab, told):
        self.directory, self.what, self.lab, self.told = directory, what, lab, told
        self.is_out, self.tcp = what.startswith('out-'), '-tcp-' in what
        self.udp = None if self.tcp else Datagrams(lab)
        self.counters = Counters()

    def play(self):
        for name in SETS:
            if os.path.isdir(f'{self.directory}/{name}'):
                self.play_set(name)
            else:
                skip(f'{self.what}: {name}', 'not there')

    def play_set(self, name):
        r = Result(f'{self.what}: {name}', self.lab.named)
        sets = self.lab.messages(self.directory, name)
        if self.is_out:
            self.lab.give({m.own for m in sets if m.own})
        else:
            self.lab.publish({m.receiver for m in sets})
        self.counters.moved()
        counted = collections.Counter()
        if self.tcp:
            self.streams(sets, r)
        else:
            self.datagrams(sets, r, counted)
        counted.update(self.counters.moved())
        r.say(counted)

    def datagrams(self, sets, r, counted):
        for m in sets:
            got, way = self.udp.out(m) if self.is_out else self.udp.into(m, m.receiver)
            if self.told:
                now = self.counters.moved()
                counted.update(now)
                self.tell(m, got, now, r)
            r.judge(m, got, way)

    @staticmethod
    def tell(m, got, counted, r):
        """How this one message was counted."""
        verdict = next((n for n in counted if n == 'not_sip' or n.startswith('malformed_')), None)
        left = [n[5:] for n in counted if n.startswith('left_')]
        if verdict or left:
            r.told.append(f'{m.name}: {verdict or " ".join(left)}')
        if verdict != m.broken:
            r.bad.append(f'{m.name}: {verdict}, not {m.broken}')
        # a description is looked at in messages that carry offers and answers alone
        if not set(m.odd) - {'sdp_line'} <= set(left) <= set(m.odd):
            r.bad.append(f'{m.name}: left {left}, not {m.odd}')
        if got is not None and (got != m.data) != bool(counted.get('translated')):
            r.bad.append(f'{m.name}: the counter of translated packets is wrong')

    def streams(self, sets, r):
        """One connection for all messages of the same host."""
        groups = collections.defaultdict(list)
        for m in sets:
            if m.no_stream:
                r.reasons[m.no_stream] += 1
            elif self.is_out:
                groups[m.own or self.lab.phone, SIP_PORT].append(m)
            else:
                groups[self.lab.published[m.receiver] if self.lab.nat else m.receiver].append(m)
        for at, group in groups.items():
            stream = Stream(self.lab, at, self.is_out)
            way = stream.way()
            for i in range(0, len(group), BATCH):
                batch = group[i:i + BATCH]
                got = stream.pass_on(batch)
                if len(got) > len(batch):
                    r.bad.append(f'behind {batch[-1].name}: {got[-1]!r}')
                for k, m in enumerate(batch):
                    r.judge(m, got[k] if k < len(got) else None, way)
            stream.close()


def skip(what, why):
    print(f'ok - {what} # SKIP {why}')


def corpora():
    """messages"""
    labs = {}
    for n, what in enumerate(sys.argv[2:]):
        family, how = what.split('-')[2:]
        lab = labs.setdefault(family, Lab(family, how == 'nat'))
        start = time.monotonic()
        Pass(sys.argv[1], what, lab, n == 0).play()
        print(f'# {what}: {time.monotonic() - start:.1f} s', flush=True)
        for s in sip._open:
            s.close()
        sip._open.clear()
        in_router('conntrack', '-F')


play(corpora)

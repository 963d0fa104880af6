# SPDX-License-Identifier: GPL-2.0
"""pair.py - two routers with conntrackd, of which one is active: it dies, hands over, boots again.

    lan (phones, bridge l0) --- rtr or rtb --- wan (providers, bridge w0)          link (bridge x0): between the routers

The files are those of dist/ha. The lan's gateway and the public address are on the active router alone. A row is a
function of a Row; each has two routers that were booted for it.
"""
import shutil
import sip
from scene import *
from natscene import where as at_of    # which reads IPv6, too

HA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'ha')
WHOLE = '/usr/lib/whole'        # the library that builds expectations with class, NAT and function
SCRATCH = '/run/pair'
SLOW = 20                       # seconds for what the daemons do
DEVICES = {'r0': 'lan', 'r1': 'wan', 's0': 'link'}
BRIDGES = {'lan': 'l0', 'wan': 'w0', 'link': 'x0'}
MOVES = {'r0': ['192.168.1.1/24', '10.0.0.1/24', 'fd00:1::1/64'], 'r1': [f'{ROUTER}/24', f'{ROUTER6}/64']}
NO_LIMITS = {f'source_{n}': '0 0' for n in ('invite', 'register', 'options', 'subscribe', 'other', 'response')} | \
    {'destination_invite': '0 0', 'destination_register': '0 0', 'block_failures': 0}
HIDDEN = (b'192.168.1.', b'10.0.0.')        # what nobody outside may read
INSIDE6 = 'fd00:1::'
TRANSLATED6 = {'translated6 = "none"': 'translated6 = $wan'}    # a change of the rules


def ip(text, ns=None, *options):
    """Lines for ip, in a namespace."""
    command = ['ip', *options] + (['-n', ns] if ns else []) + ['-batch', '-']
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f'ip in {ns}: {done.stderr}{text}')


def forget_neighbours(dev, ns, *options):
    """Where a neighbour goes by itself meanwhile, ip stops in the middle, and is to be asked again."""
    command = ['ip', *options, '-n', ns, 'neigh', 'flush', 'dev', dev]
    for _ in range(5):
        done = subprocess.run(command, capture_output=True, text=True)
        if not done.returncode:
            return
    raise RuntimeError(f'ip neigh flush in {ns}: {done.stderr}')


def there(name):
    return os.path.exists('/run/netns/' + name)


class Router:
    """One of the two."""

    def __init__(self, ns, number, library='', sysctls=(), changes=()):
        self.ns, self.number, self.library = ns, number, library
        self.sysctls, self.changes = dict(sysctls), dict(changes)
        self.dir = f'{SCRATCH}/{ns}'
        self.daemon = None
        self.addr = f'192.168.1.25{number}'

    def boot(self):
        self.end()
        n, ns = self.number, self.ns
        shutil.rmtree(self.dir, ignore_errors=True)
        os.makedirs(self.dir)
        ip(f'netns add {ns}\n' + ''.join(f'link add {ns}-{dev} netns {at} type veth peer name {dev} netns {ns}\n'
                                         for dev, at in DEVICES.items()))
        for dev, at in DEVICES.items():
            ip(f'link set {ns}-{dev} master {BRIDGES[at]}\nlink set {ns}-{dev} up\n', at)
        ip('link set lo up\n' + ''.join(f'link set {dev} up\n' for dev in DEVICES) +
           f'addr add {self.addr}/24 dev r0\naddr add fd00:1::25{n}/64 dev r0 nodad\n'
           f'addr add 203.0.113.25{n}/24 dev r1\naddr add 2001:db8:1::25{n}/64 dev r1 nodad\n'
           f'addr add 172.31.255.{n}/30 dev s0\n', ns)
        self.sysctl({'ipv4/ip_forward': 1, 'ipv6/conf/all/forwarding': 1})
        self.rules()
        # exist now: the rules loaded conntrack
        self.sysctl({'netfilter/nf_conntrack_acct': 1})
        self.unlimited()
        self.start()

    def unlimited(self):
        """As many messages of one address as a row likes, and its own settings."""
        self.sysctl({f'netfilter/sipalg/{name}': value for name, value in NO_LIMITS.items()} | self.sysctls)

    def rules(self):
        done = self.run('nft', '-f', '-', input=self.file('sipalg-ha.nft', lan0='r0', wan0='r1'))
        if done.returncode:
            raise RuntimeError(done.stderr)

    def file(self, name, **other):
        """A file of dist/ha with the words of this lab."""
        with open(f'{HA}/{name}', encoding='utf-8') as f:
            text = f.read()
        for word, instead in other.items():
            text = re.sub(rf'\b{word}\b', instead, text)
        for words, instead in self.changes.items():
            text = text.replace(words, instead)
        return text

    def run(self, *command, **how):
        with netns(self.ns):
            done = subprocess.run(command, capture_output=True, text=True, env=self.env(), **how)
        if done.returncode:
            say(f'{self.ns}: {" ".join(command)}: {done.returncode}: {done.stdout[-300:]}{done.stderr[-300:]}')
        return done

    def env(self):
        more = {'LD_LIBRARY_PATH': self.library} if self.library else {}
        return os.environ | more | {'CONNTRACKD_CONFIG': f'{self.dir}/conntrackd.conf'}

    def sysctl(self, values):
        with netns(self.ns):
            for name, value in values.items():
                with open('/proc/sys/net/' + name, 'w', encoding='ascii') as f:
                    f.write(f'{value}\n')

    # --- conntrackd

    def start(self):
        text = self.file('conntrackd.conf', sync0='s0').replace('/run/', self.dir + '/')
        if self.number == 2:
            ends = r'(IPv4_address 172.31.255.)1(\s+IPv4_Destination_Address 172.31.255.)2'
            text = re.sub(ends, r'\g<1>2\g<2>1', text)
        with open(f'{self.dir}/conntrackd.conf', 'w', encoding='utf-8') as f:
            f.write(text)
        self.log = open(f'{self.dir}/log', 'ab')
        with netns(self.ns):
            self.daemon = subprocess.Popen(['conntrackd', '-C', f'{self.dir}/conntrackd.conf'], env=self.env(),
                                           stdout=self.log, stderr=self.log)
        if not eventually(lambda: self.ask('-s').returncode == 0, SLOW):
            raise RuntimeError(f'{self.ns}: conntrackd does not answer: {self.said()}')

    def said(self):
        with open(f'{self.dir}/log', encoding='utf-8', errors='replace') as f:
            return f.read()

    def ask(self, *options):
        """An order to the daemon."""
        return self.run('conntrackd', '-C', f'{self.dir}/conntrackd.conf', *options)

    def notify(self, what):
        done = self.run('sh', f'{HA}/notify.sh', what)
        check(f'{self.ns}: notify.sh {what}', done.returncode == 0, done.stdout, done.stderr, self.said())

    def kill(self):
        if self.daemon:
            self.daemon.kill()
            self.daemon.wait()
            self.daemon = None

    # --- addresses

    def take(self):
        """The addresses that move come here; the neighbours are told."""
        ip(''.join(f'addr add {a} dev {dev}{" nodad" if ":" in a else ""}\n'
                   for dev, all_ in MOVES.items() for a in all_), self.ns)
        for dev, at in (('r0', 'lan'), ('r1', 'wan')):
            for a in MOVES[dev]:
                if ':' not in a:
                    self.announce(dev, a.partition('/')[0])
            # as the advertisements of IPv6 would
            forget_neighbours(BRIDGES[at], at, '-6')

    def announce(self, dev, addr):
        """A gratuitous ARP."""
        with netns(self.ns), socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
            s.bind((dev, 0x0806))
            me, ours = s.getsockname()[4], socket.inet_aton(addr)
            for to in (b'\xff' * 6, bytes(6)):      # a request and, as some want it, an answer
                s.send(b'\xff' * 6 + me + b'\x08\x06\0\1\x08\0\6\4\0' + (b'\1' if to == bytes(6) else b'\2') +
                       me + ours + to + ours)

    def leave(self):
        ip(''.join(f'addr del {a} dev {dev}\n' for dev, all_ in MOVES.items() for a in all_), self.ns)

    def cut(self):
        """All its cables are cut."""
        ip(''.join(f'link set {dev} down\n' for dev in DEVICES), self.ns)

    def end(self):
        self.kill()
        if there(self.ns):
            for dev, at in DEVICES.items():
                subprocess.run(['ip', '-n', at, 'link', 'del', f'{self.ns}-{dev}'], check=False, capture_output=True)
            subprocess.run(['ip', 'netns', 'del', self.ns], check=True)

    # --- what it knows

    def stats(self):
        with netns(self.ns), open('/proc/net/sipalg/stats', encoding='ascii') as f:
            return {n: int(v) for n, v in (line.split() for line in f)}

    def lists(self, *what):
        """Lines of the kernel's list, IPv4 and IPv6."""
        return [line for family in ('ipv4', 'ipv6')
                for line in self.run('conntrack', '-L', *what, '-f', family).stdout.splitlines()]

    def connections(self):
        return keys(self.lists(), CONNECTION)

    def pinholes(self):
        return keys(self.lists('expect'), PINHOLE)

    def waits(self):
        """Ports of media that wait for a packet."""
        return sorted(int(k[4]) for k in self.pinholes() if k[0] == '17' and int(k[4]) != SIP_PORT)

    def cached(self, which, kind):
        return keys(self.ask(which, kind).stdout.splitlines(), CONNECTION if kind == 'ct' else PINHOLE)

    def forget(self, *ports):
        """UDP connections from and to these ports are gone, as after a silence."""
        for port, end, family in itertools.product(ports, ('--orig-port-src', '--orig-port-dst'), ('ipv4', 'ipv6')):
            self.run('conntrack', '-D', '-p', 'udp', end, str(port), '-f', family)

    def flows(self, *ports):
        """Lines of UDP connections that have one of these ports on either side."""
        return [line for line in self.lists('-p', 'udp') if any(re.search(rf'port={p}\b', line) for p in ports)]


CONNECTION = re.compile(r'(udp|tcp)\s.*?src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)(?: \[(UNREPLIED)\])?')
PINHOLE = re.compile(r'proto=(\d+) src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)')


def keys(lines, shape):
    found = (shape.search(line) for line in lines)
    return sorted((m.groups('') for m in found if m and not m[2].startswith(('172.31.', '127.'))))


class Pair:
    """Both routers; the first one is active after boot()."""

    router = Router

    def __init__(self, library='', **how):
        self.a, self.b = self.router('rtr', 1, library, **how), self.router('rtb', 2, library, **how)
        self.active, self.other = self.a, self.b

    def boot(self):
        for ns in ('lan', 'wan'):
            forget_neighbours(BRIDGES[ns], ns)
        for r in (self.a, self.b):
            r.boot()
        self.a.take()
        self.a.notify('primary')
        self.b.notify('backup')

    def end(self):
        for r in (self.a, self.b):
            r.end()

    def settle(self):
        """Waits until the other router's daemon knows what the active one's kernel knows, where it comes to that."""
        a, b = self.active, self.other
        for kind, have in (('ct', a.connections), ('expect', a.pinholes)):
            if not eventually(lambda kind=kind, have=have: have() == a.cached('-i', kind) == b.cached('-e', kind)):
                say(f'not the same {kind}: {have()}, {a.cached("-i", kind)}, {b.cached("-e", kind)}')

    def swap(self):
        self.active, self.other = self.other, self.active

    def die(self, settle=True):
        """The active router is gone, and the other one takes over."""
        if settle:
            self.settle()
        had = self.active.connections()
        self.active.kill()
        self.active.cut()
        self.swap()
        self.rise()
        left = [c[:5] for c in had]
        lost = [c for c in left if c not in [k[:5] for k in self.active.connections()]]
        equal('the other router has its connections', [], lost)

    def rise(self):
        """The router that is active from now on."""
        self.active.take()
        self.active.notify('primary')

    def hand_over(self):
        """Both are alive."""
        self.settle()
        self.active.leave()
        self.active.notify('backup')
        self.swap()
        self.rise()

    def boot_again(self):
        """The router that is not active comes back, and knows nothing but what the other one tells it."""
        self.other.boot()
        self.other.notify('backup')


class Still(Pair):
    """A router that does not die, nor hands over: what a row demands must hold there."""

    def boot(self):
        for ns in ('lan', 'wan'):
            forget_neighbours(BRIDGES[ns], ns)
        self.a.boot()
        self.a.take()

    def settle(self):
        pass

    die = hand_over = boot_again = settle


# --- parties ------------------------------------------------------------------


T1 = 0.5                        # RFC 3261 17.1.1.1


class End(Agent):
    """An agent that notes what it should not have been sent, and repeats what is not answered."""

    wrong, hidden = [], HIDDEN
    said = None                 # (who, what, to whom) was the last to speak

    def __init__(self, *args, **how):
        super().__init__(*args, **how)
        self.seen = collections.deque(maxlen=16)

    def send(self, data, to):
        End.said = self, data, to
        super().send(data, to)

    def recv(self, seconds=WAIT):
        """What comes, but for copies. Who has spoken last repeats it meanwhile (RFC 3261 17.1.1.2, 17.1.2.2, 13.3.1.4)."""
        end, wait = time.monotonic() + seconds, T1
        while True:
            left = end - time.monotonic()
            data, source = super().recv(max(min(wait, left), 0))
            if data is not None and data not in self.seen:
                break
            if data is None and left <= wait:
                return None, None
            if data is None and End.said:
                Socket.send(*End.said)
                wait *= 2
        self.seen.append(data)
        self.look(data)
        return data, source

    def look(self, data):
        if self.ns == 'wan' and any(h in data for h in End.hidden):
            End.wrong.append(f'{self} read an address of the inside: {data!r}')
        line = data.partition(b'\r\n')[0].split(b' ')
        if self.ns == 'lan' and not data.startswith(b'SIP/') and line[1].startswith(b'sip:'):
            user = line[1][4:].partition(b'@')[0].decode()
            if user != self.user:
                End.wrong.append(f'{self} is {self.user}, and was sent a request for {user}')


_far = itertools.count(30000, 10)


class Leg:
    """A call of a phone to the provider: its dialog, RTP and RTCP of both sides."""

    def __init__(self, row, phone, port=10000, provider=None):
        self.row, self.phone, self.port = row, phone, port
        self.provider = provider or row.provider
        self.far_port = next(_far)
        self.inside, self.inside_rtcp = (Rtp('lan', phone.addr, port + i) for i in (0, 1))
        self.outside, self.outside_rtcp = (Rtp('wan', self.provider.addr, self.far_port + i) for i in (0, 1))
        self.offer, self.answer = sdp(phone.addr, port), sdp(self.provider.addr, self.far_port)
        self.far = self.provider.addr, self.far_port
        self.name = phone.user

    def invite(self):
        self.caller = self.phone.dial(self.provider.contact, self.provider.at)
        self.caller.request('INVITE', self.offer)
        self.asked = self.provider.take('INVITE')
        self.at = self.asked.sdp.at
        self.tag = f'r{next(sip._serial)}'
        return self

    def ring(self, body=''):
        self.provider.reply(self.asked, 183 if body else 180, body, tag=self.tag)
        self.caller.learn(self.phone.take(183 if body else 180))
        return self

    def pick_up(self):
        self.provider.reply(self.asked, 200, self.answer, tag=self.tag)
        self.caller.learn(self.phone.take(200))
        self.caller.ack()
        self.provider.take('ACK')
        self.callee = self.provider.dialog_of(self.asked, self.tag)
        return self

    def up(self):
        return self.invite().ring().pick_up()

    def talk(self, what='media', inside_first=False):
        """Both hear each other, the phone from where it is published."""
        ways = [(f'{self.name}: {what} in', self.outside, self.at, self.inside, None),
                (f'{self.name}: {what} out', self.inside, self.far, self.outside, self.at)]
        for way in ways[::-1] if inside_first else ways:
            heard(*way)

    def talk_rtcp(self, inside_first=False):
        at, far = (self.at[0], self.at[1] + 1), (self.far[0], self.far[1] + 1)
        ways = [(f'{self.name}: RTCP in', self.outside_rtcp, at, self.inside_rtcp, None),
                (f'{self.name}: RTCP out', self.inside_rtcp, far, self.outside_rtcp, at)]
        for way in ways[::-1] if inside_first else ways:
            heard(*way)

    def reoffer(self, method='INVITE', offer=None):
        """An offer of the phone: what the provider saw."""
        seen, back = reoffer(self.caller, self.provider, offer or self.offer, self.answer, method)
        equal(f'{self.name}: the answer to the {method} comes as it was', self.far, back.at)
        return seen

    def same(self, method='INVITE'):
        equal(f'{self.name}: the {method} publishes the same port', self.at, self.reoffer(method).at)

    def reoffer_in(self):
        """A re-INVITE of the provider."""
        self.callee.request('INVITE', self.answer)
        m = self.phone.take('INVITE')
        equal(f'{self.name}: the Request-URI of the re-INVITE is its own', self.phone.contact, m.uri)
        self.phone.reply(m, 200, self.offer)
        ok = self.provider.take(200)
        equal(f'{self.name}: its answer publishes the same port', self.at, ok.sdp.at)
        self.callee.ack()
        self.phone.take('ACK')

    def move_to(self, port):
        """The phone's media is at another port from now on."""
        self.port = port
        self.inside, self.inside_rtcp = (Rtp('lan', self.phone.addr, port + i) for i in (0, 1))
        self.offer = sdp(self.phone.addr, port, version=2)

    def bye(self):
        hang_up(self.caller, self.provider)

    def bye_in(self):
        self.callee.request('BYE')
        bye = self.phone.take('BYE')
        equal(f'{self.name}: the Request-URI of the BYE is its own', self.phone.contact, bye.uri)
        self.phone.reply(bye, 200, contact=False)
        self.provider.take(200)


class Row:
    """What a row plays with: a pair, phones, a provider."""

    def __init__(self, pair, six=''):
        self.pair, self.six = pair, six
        self.phones = {}
        self.provider = End('wan', PROVIDER6 if six else PROVIDER, user='sbc')
        End.hidden = () if six == 'routed' else HIDDEN + (INSIDE6.encode(),)

    def inside(self, n):
        """The address of a phone."""
        return f'{INSIDE6}{n}' if self.six else f'192.168.1.{n}'

    def published(self, phone):
        """At which address others see a phone."""
        return {'': ROUTER, 'nat66': ROUTER6, 'routed': phone.addr}[self.six]

    def other(self):
        """Another host outside."""
        return End('wan', OTHER6 if self.six else OTHER, user='carol')

    @property
    def router(self):
        return self.pair.active

    def phone(self, user='alice', n=2, port=SIP_PORT, warm=True):
        """A phone; a warm one has asked for OPTIONS, so that the daemons know its connection."""
        if user not in self.phones:
            self.phones[user] = End('lan', self.inside(n), port, user=user)
            if warm:
                self.warm(self.phones[user])
        return self.phones[user]

    def bob(self, **how):
        return self.phone('bob', 3, **how)

    def warm(self, phone):
        d = phone.dial(self.provider.contact, self.provider.at)
        d.request('OPTIONS')
        self.provider.reply(self.provider.take('OPTIONS'), 200, tag='w')
        phone.take(200)
        self.pair.settle()

    def leg(self, phone=None, **how):
        return Leg(self, phone or self.phone(), **how)

    def die(self):
        self.pair.die()

    def registered(self, phone, dialog=None, **how):
        """(the Contact that the registrar was told, the dialog)"""
        seen, ok, d = register(phone, self.provider, dialog=dialog, **how)
        return seen.contact, d

    def called(self, phone, contact, by=None, port=None, uri=None, media=True):
        """A call to a registered phone: INVITE, answer, media, BYE."""
        by = by or self.provider
        d = by.dial(contact, at_of(contact))
        far = Rtp('wan', by.addr, next(_far))
        near = Rtp('lan', phone.addr, port or 12000)
        d.request('INVITE', sdp(by.addr, far.port))
        m = phone.take('INVITE')
        equal(f'{phone.user} is called: the Request-URI is its own', uri or phone.contact, m.uri)
        phone.reply(m, 200, sdp(phone.addr, near.port), tag='c')
        ok = by.take(200)
        equal(f'{phone.user} is called: its answer names where it was called', at_of(contact), at_of(ok.contact))
        if not equal(f'{phone.user} is called: and its published address', self.published(phone), ok.sdp.addr):
            raise Missing(f'{phone.user} cannot be heard')
        d.learn(ok)
        d.ack()
        phone.take('ACK')
        if media:
            heard(f'{phone.user} is called: media in', far, ok.sdp.at, near)
            heard(f'{phone.user} is called: media out', near, (by.addr, far.port), far, ok.sdp.at)
        hang_up(d, phone)

    def closed(self, *ports, seconds=SLOW):
        """No pinhole waits for media, and the connections of these ports have ended."""
        check('no pinhole for media is left', eventually(lambda: not self.router.waits(), seconds), self.router.waits())
        check('no connection of media is left', eventually(lambda: not self.router.flows(*ports), seconds),
              *(self.router.flows(*ports) if ports else ()))

    def end(self):
        """Nothing has reached anybody whom it was not for."""
        for s in sip._open:
            if s.type != socket.SOCK_DGRAM:
                continue
            s.setblocking(False)
            with contextlib.suppress(OSError):
                data, source = s.recvfrom(65535)
                End.wrong.append(f'{s.getsockname()[:2]} got from {source[:2]}, not waited for: {data[:120]!r}')
        check('nothing reached anybody whom it was not for', not End.wrong, *End.wrong)


def took(what, start):
    """A comment of the results: how long a kind of phone could not be called."""
    print(f'# {sip._scene}{what}: could be called after {time.monotonic() - start:.2f} s', flush=True)


# --- rows ---------------------------------------------------------------------

ROWS = {}       # name -> function, in their order
FAILURES = ('commit_failed', 'pinholes_full', 'no_memory', 'no_nat_module', 'too_many_edits')


def row(fn):
    """A row of the table, by the name of its function."""
    ROWS[fn.__name__.lstrip('_')] = fn
    return fn


class Over(Exception):
    """A row that is only asked whether it holds has shown that it does not."""


def play_row(name, library, six='', kind=Pair, **how):
    """Plays a row with two fresh routers; its checks have its name."""
    sip._scene = name + ': '
    sip._log.clear()
    End.wrong.clear()
    how |= getattr(ROWS[name], 'how', {})
    pair = how.pop('kind', kind)(library, **how)
    try:
        pair.boot()
        r = Row(pair, six)
        try:
            ROWS[name](r)
        except Missing as e:
            check(str(e), False, *r.pair.active.said().splitlines()[-10:])
        r.end()
        for router in (pair.a, pair.b):
            if there(router.ns):
                bad = {n: v for n, v in router.stats().items() if v and (n in FAILURES or n.startswith('malformed_'))}
                equal(f'{router.ns}: nothing failed', {}, bad)
    except Over:
        raise
    except Exception:
        check('broke off', False, *traceback.format_exc().splitlines())
    finally:
        for s in sip._open:
            s.close()
        sip._open.clear()
        pair.end()


def rows_of(module):
    """The names of the rows of a module."""
    return [name for name, fn in ROWS.items() if fn.__module__ == module]


def having(**how):
    """What the routers of a row have: sysctls, changes of the rules."""
    def mark(fn):
        fn.how = how
        return fn
    return mark


def chosen():
    """The rows that the header or the caller asks for; none: all."""
    return os.environ.get('ROWS', '').split()


def play_rows(names, library=WHOLE, **how):
    """All of these rows, each of which must hold."""
    for name in names:
        if not chosen() or name in chosen():
            start = time.monotonic()
            play_row(name, library, **how)
            print(f'# {name}: {time.monotonic() - start:.1f} s', flush=True)
    sys.exit(sip._failed != 0)


def play_known(names, faults, library='', **how):
    """All of these rows; those in faults do not hold, for the cause that stands there. Each result is one check."""
    for name in names:
        if chosen() and name not in chosen():
            continue
        with sip.judged(Over) as judged:
            try:
                play_row(name, library, **how)
            except Over:
                pass
        sip._scene = ''
        known = f', as is known: {faults[name]}' if name in faults else ''
        equal(f'{name}: it {"does not hold" if name in faults else "holds"}{known}', name not in faults, not judged)
        for text in judged[:6]:
            print('# ' + text, flush=True)
    sys.exit(sip._failed != 0)

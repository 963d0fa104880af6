# SPDX-License-Identifier: GPL-2.0
"""Scanners and guessers, sipvicious and scripted, at a registrar: scanners.py in|out

in: the registrar is inside, behind DNAT, and everybody who asks is outside.  out: the registrar is outside, and
everybody is inside.  Whoever guesses is blocked, longer each time; whoever is only slow to know is not.
"""
import errno
import sys
from crowd import *
from sip import PHONE, PROVIDER, ROUTER, check, equal, eventually, play, setting, stats

USERS = {'100': 'pw100', '101': 'pw101', '300': '4711'}
FAILURES = 10
TIME, LONGEST = 4, 16       # seconds of a block
IN_FLIGHT = 20              # what a tool has sent before it is blocked
_hosts = itertools.count(50)
WAY = sys.argv[1]


class Registrar(Proxy):
    """Knows some users, and says what it is told to say."""

    hidden = '192.168.1.' if WAY == 'out' else 'nothing is hidden'

    def __init__(self, loop):
        super().__init__(loop, *(('wan', PROVIDER) if WAY == 'out' else ('lan', PHONE)), users=USERS)
        self.on_register = lambda _, m, user: None if user in USERS else 404
        self.on_stranger = self.invited
        self.orders, self.came = {}, []     # user -> (status, header, ...); requests

    @property
    def reached_at(self):
        return self.at if WAY == 'out' else (ROUTER, SIP_PORT)

    def request(self, m):
        self.came.append(m)
        super().request(m)

    def invited(self, m):
        user = m['To'].partition(':')[2].partition('@')[0]
        if m.method == 'ACK':
            return
        status, *headers = self.orders.get(user, (200 if m.method == 'OPTIONS' else 486 if user in USERS else 404,))
        self.answer(m, status, headers, tag=fresh('g'))

    def register(self, m):
        user = m['To'].partition(':')[2].partition('@')[0]
        if user in self.orders:
            status, *headers = self.orders[user]
            self.answer(m, status, headers, tag=fresh('g'))
        else:
            super().register(m)


class Lab:
    def __init__(self):
        self.loop = Loop()
        self.registrar = Registrar(self.loop)
        self.ns = 'lan' if WAY == 'out' else 'wan'

    def address(self):
        """A host of its own, which nobody knows yet."""
        addr = ('192.168.1.' if WAY == 'out' else '203.0.113.') + str(next(_hosts))
        batch_of(self.ns, [f'addr add {addr}/24 dev {"l0" if WAY == "out" else "w0"}'])
        return addr

    def phone(self, user='100', password=None, addr=None, port=SIP_PORT):
        phone = Phone(self.loop, self.ns, addr or self.address(), user, self.registrar, password or USERS.get(user), port)
        phone.proxy = Target(self.registrar.reached_at)
        return phone

    def tool(self, name, addr, *more):
        """A program of sipvicious, until it ends: what it says."""
        # some of them forget the address that they are told to bind to
        batch_of(self.ns, [f'route change default via 192.168.1.1 src {addr}' if WAY == 'out' else
                           f'route change 203.0.113.0/24 dev w0 src {addr}'])
        if name == 'svmap':
            target = f'{self.registrar.reached_at[0]}/32'
        else:
            target = self.registrar.reached_at[0]
            more += '--maximumtime', '2'
        argv = ['nsenter', '--net=/run/netns/' + self.ns, 'python3', '-c', f'from sipvicious.{name} import main; main()',
                '-b', addr, '-x', addr, '-P', '5060', '-v', *more, target]
        with open('/run/case/tool.log', 'w+') as log:
            proc = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            if not self.loop.run(90, lambda: proc.poll() is not None):
                proc.kill()
            proc.wait()
            log.seek(0)
            return log.read()

    def status_of(self, end, method, user, headers=(), patience=3):
        """The final answer to a request, 0 where none comes."""
        got = []
        end.cseq = getattr(end, 'cseq', 0) + 1
        who = f'<sip:{user}@{DOMAIN}>'
        uri = 'sip:' + DOMAIN if method == 'REGISTER' else f'sip:{user}@{DOMAIN}'
        end.ask(method, end.proxy.at, uri, [f'From: {who};tag={fresh("t")}', 'To: ' + who, 'Call-ID: ' + fresh('c'),
                f'CSeq: {end.cseq} {method}', f'Contact: <{end.contact}>', *headers], got.append)
        self.loop.run(patience, lambda: got)
        for alive, *_ in end.asked.values():
            alive.clear()
        end.asked.clear()
        return got[0].status if got and got[0] else 0

    def registered(self, phone, patience=4):
        phone.registered = None
        phone.refusals.clear()
        phone.register()
        self.loop.run(patience, lambda: phone.registered is not None)
        for alive, *_ in phone.asked.values():
            alive.clear()
        phone.asked.clear()
        return phone.registered

    def guess(self, end, n=FAILURES, credentials=False):
        """So many users that nobody knows; the answers."""
        more = ['Authorization: Digest username="x", realm="example.com", nonce="n", uri="sip:example.com", response="0"']
        return [self.status_of(end, 'REGISTER', f'nobody{i}', more if credentials else (), 1) for i in range(n)]


class Target:
    def __init__(self, at):
        self.at = at


def sources():
    """(address, class) -> (rate, dropped, failures, seconds that it stays blocked), of senders"""
    with netns('rtr'), open('/proc/net/sipalg/sources') as f:
        rows = [line.split() for line in list(f)[1:]]
    return {(w[0], w[2]): tuple(map(int, w[3:7])) for w in rows if w[1] == 'from'}


def blocked_s(addr):
    return max((row[3] for (a, _), row in sources().items() if a == addr), default=0)


def failures(addr):
    return max((row[2] for (a, _), row in sources().items() if a == addr), default=0)


def release(addr):
    with netns('rtr'):
        fd = os.open('/proc/net/sipalg/sources', os.O_WRONLY)
    try:
        os.write(fd, f'release {addr}'.encode())
        return 0
    except OSError as e:
        return errno.errorcode[e.errno]
    finally:
        os.close(fd)


def counted(name, before):
    return stats()[name] - before[name]


# --- scenarios --------------------------------------------------------------------------


def search():
    """svmap"""
    addr, before = lab.address(), stats()
    said = lab.tool('svmap', addr)
    check('finds the registrar', lab.registrar.reached_at[0] in said, said)
    equal('one question blocks nobody', (0, 0), (counted('sources_blocked', before), blocked_s(addr)))


def users():
    """svwar, REGISTER"""
    addr, before, came = lab.address(), stats(), len(lab.registrar.came)
    said = lab.tool('svwar', addr, '-m', 'REGISTER', '-e', '200-499')
    equal('the guesser is blocked, once', 1, counted('sources_blocked', before))
    check('what it asks then is dropped', counted('blocked', before) > 0, said)
    check('the registrar saw no more than that', FAILURES <= len(lab.registrar.came) - came <= FAILURES + IN_FLIGHT,
          len(lab.registrar.came) - came, said)
    check('it found nobody', 'exists' not in said, said)


def calls_to_users():
    """svwar, INVITE"""
    addr, before, came = lab.address(), stats(), len(lab.registrar.came)
    said = lab.tool('svwar', addr, '-m', 'INVITE', '-e', '200-499')
    equal('the guesser is blocked, once', 1, counted('sources_blocked', before))
    check('what it asks then is dropped', counted('blocked', before) > 0, said)
    check('the registrar saw no more than that',
          sum(m.method == 'INVITE' for m in lab.registrar.came[came:]) <= FAILURES + IN_FLIGHT, said)


def questions():
    """svwar, OPTIONS"""
    addr, before = lab.address(), stats()
    lab.registrar.orders.update({str(u): (404,) for u in range(200, 500)})
    said = lab.tool('svwar', addr, '-m', 'OPTIONS', '-e', '200-499')
    lab.registrar.orders.clear()
    equal('nobody is blocked for questions', 0, counted('sources_blocked', before))
    check('but limited', counted('flood_options', before) > 0, said)
    check('and listed', sources().get((addr, 'options'), (0, 0))[1] > 0, sources())


def passwords():
    """svcrack"""
    addr, before, came = lab.address(), stats(), len(lab.registrar.came)
    said = lab.tool('svcrack', addr, '-u', '300', '-r', '4600-4800')
    equal('the guesser is blocked, once', 1, counted('sources_blocked', before))
    check('what it asks then is dropped', counted('blocked', before) > 0, said)
    tried = sum('Authorization' in m.head for m in lab.registrar.came[came:])
    check('the registrar saw no more than that', FAILURES <= tried <= FAILURES + IN_FLIGHT, tried, said)
    check('it has not found the password', '4711' not in said, said)


def again_and_again():
    """longer each time"""
    end = lab.phone('200')
    for seconds in (TIME, 2 * TIME, 4 * TIME, LONGEST):
        equal('each failure is answered', [404] * FAILURES, lab.guess(end))
        left = blocked_s(end.addr)
        check(f'then it is blocked for {seconds} s', seconds - 2 <= left <= seconds, left)
        equal('another port of it is, too', 0, lab.status_of(lab.phone('101', addr=end.addr, port=5070), 'OPTIONS', '101', (), 1))
        check('others are not', lab.registered(lab.phone('101')))
        lab.loop.run(seconds + 2, lambda: not blocked_s(end.addr))
        equal('till it is over', 0, blocked_s(end.addr))
    lab.loop.run(LONGEST + 2)
    equal('much later', [404] * FAILURES, lab.guess(end))
    left = blocked_s(end.addr)
    check('it begins anew', TIME - 2 <= left <= TIME, left)


def released():
    """release"""
    end = lab.phone('200')
    lab.guess(end)
    check('is blocked', blocked_s(end.addr) > 0)
    equal('nobody of that name', 'ENOENT', release('198.51.100.77'))
    equal('nonsense', 'EINVAL', release('nobody'))
    equal('it is released', 0, release(end.addr))
    equal('at once', 0, blocked_s(end.addr))
    equal('and heard', 404, lab.status_of(end, 'REGISTER', '200'))
    equal('its failures are forgotten: nine more are few', [404] * 8, lab.guess(end, 8))
    equal('so it is not blocked', 0, blocked_s(end.addr))


def beside():
    """beside a guesser"""
    guesser, wrong, before = lab.phone('200'), lab.phone('100', 'forgotten'), stats()
    equal('a phone with a wrong password is refused', False, lab.registered(wrong))
    lab.guess(guesser)
    check('the guesser is blocked', blocked_s(guesser.addr) > 0)
    for _ in range(3):
        equal('the phone is heard', [401], lab.registered(wrong) is False and wrong.refusals)
    equal('and not blocked', 0, blocked_s(wrong.addr))
    wrong.password = USERS['100']
    check('with the right one it is registered', lab.registered(wrong))
    equal('one was blocked', 1, counted('sources_blocked', before))


def one_address():
    """a guesser behind the same address"""
    addr = lab.address()
    phones = [lab.phone(u, addr=addr, port=6001 + i) for i, u in enumerate(('100', '101'))]
    check('two phones are registered', all([lab.registered(p) for p in phones]))
    guesser, late = lab.phone('200', addr=addr, port=6066), lab.phone('300', addr=addr, port=6070)
    lab.guess(guesser)
    check('the guesser is blocked', blocked_s(addr) > 0)
    equal('and not heard', 0, lab.status_of(guesser, 'REGISTER', '200', (), 1))
    equal('those that are registered are: they refresh', [True, True], [lab.registered(p) for p in phones])
    equal('they call', [486, 486], [lab.status_of(p, 'INVITE', '100') for p in phones])
    equal('who is not registered has to wait', None, lab.registered(late, 1))
    lab.loop.run(TIME + 2, lambda: not blocked_s(addr))
    check('till it is over', lab.registered(late))
    lab.guess(phones[0], FAILURES + 2)
    check('the guesser may be a phone', blocked_s(addr) > 0)
    equal('then it is not heard, either', 0, lab.status_of(phones[0], 'REGISTER', '200', (), 1))
    check('but the other is', lab.registered(phones[1]))


def ordinary():
    """ordinary refusals"""
    credentials = ['Authorization: Digest username="x", realm="example.com", nonce="n", uri="sip:example.com", response="0"']
    stale = 'WWW-Authenticate: Digest realm="example.com", nonce="m", stale=true, algorithm=MD5'
    plain = 'WWW-Authenticate: Digest realm="example.com", nonce="m", algorithm=MD5'
    before = stats()
    for what, method, order, given in (
            ('401', 'REGISTER', (401, plain), []), ('401, stale', 'REGISTER', (401, stale), credentials),
            ('423', 'REGISTER', (423, 'Min-Expires: 600'), credentials), ('302', 'INVITE', (302,), []),
            ('486', 'INVITE', (486,), []), ('603', 'INVITE', (603,), []), ('484', 'INVITE', (484,), credentials),
            ('407', 'INVITE', (407, plain.replace('WWW', 'Proxy')), []),
            ('407, stale', 'INVITE', (407, stale.replace('WWW', 'Proxy')), [credentials[0].replace('Auth', 'Proxy-Auth')]),
            ('404', 'OPTIONS', (404,), []), ('403', 'MESSAGE', (403,), [])):
        end = lab.phone('500')
        lab.registrar.orders['500'] = order
        got = [lab.status_of(end, method, '500', given) for _ in range(FAILURES + 3)]
        equal(f'{what} to {method}: each is answered', [order[0]] * (FAILURES + 3), got)
        equal(f'{what} to {method}: no failure', (0, 0), (failures(end.addr), blocked_s(end.addr)))
    equal('nobody is blocked', 0, counted('sources_blocked', before))
    for what, method, order, given in (
            ('401', 'REGISTER', (401, plain), credentials), ('403', 'REGISTER', (403,), []), ('410', 'INVITE', (410,), []),
            ('407', 'INVITE', (407, plain.replace('WWW', 'Proxy')), [credentials[0].replace('Auth', 'Proxy-Auth')])):
        end = lab.phone('500')
        lab.registrar.orders['500'] = order
        for _ in range(FAILURES):
            lab.status_of(end, method, '500', given)
        check(f'{what} to {method} is one', blocked_s(end.addr) > 0)
    lab.registrar.orders.clear()


def exempt():
    """who is never blocked"""
    end = lab.phone('200')
    setting('trusted', '198.51.100.0/24,' + end.addr)
    equal('who is trusted may fail as often as it likes', [404] * 2 * FAILURES, lab.guess(end, 2 * FAILURES))
    equal('and is not blocked', 0, blocked_s(end.addr))
    setting('trusted', '')
    end = lab.phone('100')
    check('a phone is registered', lab.registered(end))
    if WAY == 'out':
        contact = lab.registrar.bindings['100']
        end.on_stranger = lambda m: end.answer(m, 404, tag=fresh('g'))
        lab.registrar.proxy = Target(at_of(contact))
        got = [lab.status_of(lab.registrar, 'INVITE', '100') for _ in range(FAILURES + 3)]
        equal('its registrar may be refused as often as phones like', [404] * (FAILURES + 3), got)
        equal('and is not blocked', 0, blocked_s(PROVIDER))


lab = Lab()
play(search, users, calls_to_users, questions, passwords, again_and_again, released, beside, one_address, ordinary, exempt)

# SPDX-License-Identifier: GPL-2.0
"""Who may see and change what: users, capabilities, user namespaces, network namespaces; the strict profile."""
from scene import *

SETTINGS, FILES, PARAMETERS = '/proc/sys/net/netfilter/sipalg/', '/proc/thread-self/net/sipalg/', \
    '/sys/module/nf_conntrack_sipalg/parameters/'
NEWUSER, NEWNET = 0x10000000, 0x40000000
CAP_NET_ADMIN = 12
USER = 1000
libc = ctypes.CDLL(None, use_errno=True)


# --- to be somebody else ----------------------------------------------------------


def write_to(path, text):
    """0, or the name of the error."""
    try:
        fd = os.open(path, os.O_WRONLY)
    except OSError as e:
        return errno.errorcode[e.errno]
    try:
        os.write(fd, text.encode())
        return 0
    except OSError as e:
        return errno.errorcode[e.errno]
    finally:
        os.close(fd)


def read_from(path):
    """The text, or the name of the error."""
    try:
        with open(path) as f:
            return f.read()
    except OSError as e:
        return errno.errorcode[e.errno]


def unshared(flags):
    if libc.unshare(flags):
        raise OSError(ctypes.get_errno(), 'unshare')


def capabilities(wanted):
    """Of the process, these alone: effective, permitted."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    data = (ctypes.c_uint32 * 6)(wanted & 0xffffffff, wanted & 0xffffffff, 0, wanted >> 32, wanted >> 32, 0)
    if libc.capset(header, data):
        raise OSError(ctypes.get_errno(), 'capset')


def all_capabilities():
    return int(re.search(r'CapEff:\s*(\w+)', read_from('/proc/thread-self/status')).group(1), 16)


def plain_user():
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)
    libc.prctl(4, 1, 0, 0, 0)       # PR_SET_DUMPABLE: else /proc/self is root's


def user_with_net_admin():
    libc.prctl(8, 1, 0, 0, 0)       # PR_SET_KEEPCAPS
    plain_user()
    capabilities(1 << CAP_NET_ADMIN)


def root_without_net_admin():
    capabilities(all_capabilities() & ~(1 << CAP_NET_ADMIN))


def mapped(flags):
    """A user who is root in a user namespace of his own."""
    def become():
        plain_user()
        unshared(flags)
        write_to('/proc/self/setgroups', 'deny')
        write_to('/proc/self/uid_map', f'0 {USER} 1')
        write_to('/proc/self/gid_map', f'0 {USER} 1')
    return become


def as_somebody(become, *questions):
    """The answers to questions (functions) that somebody asks, in the router's namespace."""
    r, w = os.pipe()
    pid = os.fork()
    if not pid:
        answers = ['broke off'] * len(questions)
        try:
            fd = os.open('/run/netns/rtr', os.O_RDONLY)
            if libc.setns(fd, NEWNET):
                raise OSError('setns')
            become()
            answers = [q() for q in questions]
        except OSError as e:
            answers = [f'broke off: {e}'] * len(questions)
        finally:
            os.write(w, repr(answers).encode())
            os._exit(0)
    os.close(w)
    os.waitpid(pid, 0)
    with os.fdopen(r) as f:
        return eval(f.read())


def puts(name, value, where=SETTINGS):
    return lambda: write_to(where + name, value)


def gets(name, where=SETTINGS):
    return lambda: read_from(where + name).strip()


def of_router(name, where=SETTINGS):
    with netns('rtr'):
        return read_from(where + name).strip()


def lists():
    """All files of /proc/net/sipalg but the counters."""
    with netns('rtr'):
        return sorted(set(os.listdir(FILES)) - {'stats'})


# --- A3: users ----------------------------------------------------------------------


def names():
    """A3: the files"""
    with netns('rtr'):
        for name in os.listdir(FILES):
            mode, by = os.stat(FILES + name).st_mode & 0o777, os.stat(FILES + name).st_uid
            if name == 'stats':
                equal('stats is for all to read', (0o444, 0), (mode, by))
            else:
                check(f'{name} is for root alone', not mode & 0o177 and mode & 0o400 and by == 0, oct(mode), by)
        equal('settings are for root to write', {(0o644, 0)}, {(os.stat(SETTINGS + n).st_mode & 0o777,
              os.stat(SETTINGS + n).st_uid) for n in os.listdir(SETTINGS)})
    equal('so are parameters', {(0o644, 0)}, {(os.stat(PARAMETERS + n).st_mode & 0o777, os.stat(PARAMETERS + n).st_uid)
          for n in os.listdir(PARAMETERS)})


def users():
    """A3: a user"""
    s = Scene()
    s.connect()
    refused = ['EACCES'] * len(lists())
    before = of_router('strict')
    answers = as_somebody(plain_user, puts('strict', '1'), puts('strict', '1', PARAMETERS), gets('strict'),
                          gets('strict', PARAMETERS), lambda: 'packets ' in gets('stats', FILES)())
    equal('writes neither settings nor parameters', ['EACCES'] * 2, answers[:2])
    equal('reads both, and the counters', [before, before, True], answers[2:])
    equal('reads no list', refused, as_somebody(plain_user, *[gets(n, FILES) for n in lists()]))
    equal('writes to none', refused, as_somebody(plain_user, *[puts(n, 'end 1', FILES) for n in lists()]))
    equal('nothing has changed', (before, ['up']), (of_router('strict'), [w[1] for w in calls().values()]))
    equal('root reads every list', [True] * len(refused), [' ' in of_router(n, FILES) for n in lists()])
    for words in calls().values():
        equal('root ends a call', 0, order(f'end {words[0]}'))


def rights():
    """A3: CAP_NET_ADMIN"""
    equal('a user who has it writes', [0, '1'], as_somebody(user_with_net_admin, puts('strict', '1'), gets('strict')))
    equal('and that holds', '1', of_router('strict'))
    equal('but reads no list', ['EACCES'] * len(lists()),
          as_somebody(user_with_net_admin, *[gets(n, FILES) for n in lists()]))
    equal('nor writes a parameter', ['EACCES'], as_somebody(user_with_net_admin, puts('strict', '1', PARAMETERS)))
    answers = as_somebody(root_without_net_admin, puts('strict', '0'), gets('strict'))
    check('root without it does not', answers[0] in ('EPERM', 'EACCES') and answers[1] == '1', answers)
    equal('root with it does', [0, '0'], as_somebody(lambda: None, puts('strict', '0'), gets('strict')))


def user_namespaces():
    """A3: root of a user namespace"""
    if not os.path.exists('/proc/self/ns/user'):
        return print('ok - A3: root of a user namespace # SKIP this kernel has none')
    equal('there is one', [0], as_somebody(mapped(NEWUSER), os.getuid))
    denied = ('EACCES', 'EPERM')
    answers = as_somebody(mapped(NEWUSER), puts('strict', '1'), gets('strict'), puts('strict', '1', PARAMETERS),
                          *[gets(n, FILES) for n in lists()], *[puts(n, 'end 1', FILES) for n in lists()])
    check('writes no settings of a namespace that is not his', answers[0] in denied and answers[1] == '0', answers)
    check('nor reads or writes a list of it', all(a in denied for a in answers[3:]), answers)
    answers = as_somebody(mapped(NEWUSER | NEWNET), puts('strict', '1'), gets('strict'),
                          puts('strict', '1', PARAMETERS), *[lambda n=n: len(gets(n, FILES)().splitlines()) for n in lists()])
    equal('of his own he writes the settings', [0, '1'], answers[:2])
    check('but no parameter', answers[2] in denied, answers)
    equal('and reads the lists, which are empty', [1] * len(lists()), answers[3:])
    equal('the router\'s are as they were', '0', of_router('strict'))
    # a namespace of his own does not give him what another holds
    equal('what is wrong is refused to him, too', ['EINVAL'], as_somebody(mapped(NEWUSER | NEWNET), puts('strict', '2')))


# --- A3: namespaces -----------------------------------------------------------------


def in_namespace(ns, function, *arguments):
    with netns(ns):
        return function(*arguments)


def namespaces():
    """A3: another namespace"""
    s = Scene()
    register(s.phone, s.provider)
    call = s.connect()
    n = number(call.caller)
    equal('the router lists the call', 'up -', call_state(call.caller))
    for ns in ('lan', 'wan'):
        equal(f'{ns} lists nothing', [1] * len(lists()),
              [len(in_namespace(ns, read_from, FILES + name).splitlines()) for name in lists()])
        equal(f'{ns} counts nothing', set('0'), {line.split()[1] for line in
              in_namespace(ns, read_from, FILES + 'stats').splitlines()})
        equal(f'{ns} does not end the call', 'ENOENT', in_namespace(ns, write_to, FILES + 'calls', f'end {n}'))
        if 'sources' in lists():
            equal(f'{ns} releases no source', 'ENOENT', in_namespace(ns, write_to, FILES + 'sources', f'release {PHONE}'))
    s.talk(call.offer.at)
    everything = {name: of_router(name) for name in in_namespace('rtr', os.listdir, SETTINGS)}
    numbers = [name for name, value in everything.items() if value in ('0', '1')]
    for name in numbers:
        equal(f'lan sets its own {name}', 0, in_namespace('lan', write_to, SETTINGS + name, str(1 - int(everything[name]))))
    equal('the router keeps all of its own', everything, {name: of_router(name) for name in everything})
    equal('the router ends the call', 0, order(f'end {n}'))
    equal('and says so', 'ended administrator', call_state(call.caller))


# --- A1, A4 -------------------------------------------------------------------------


def attachment():
    """A1: nothing attaches itself"""
    in_router('nft', 'delete', 'table', 'inet', 'sipalg')
    in_router('nft', 'add table inet tracked; add chain inet tracked c { type filter hook prerouting priority 0; }; '
              'add rule inet tracked c ct state new')
    phone, provider = Agent('lan', PHONE, 5090), Agent('wan', PROVIDER)
    for value in (0, 1, 0):
        setting('auto_attach', value)
        in_router('conntrack', '-F')
        before = stats()
        sent = phone.dial(provider.contact, provider.at).request('INVITE', sdp(PHONE, 4000))
        equal(f'auto_attach={value}: it arrives', sent, provider.recv()[0])
        flow = in_router('conntrack', '-L', '-p', 'udp', '--orig-port-src', '5090')
        equal(f'auto_attach={value}: the helper', bool(value), 'helper=sipalg' in flow)
        equal(f'auto_attach={value}: is counted', bool(value), 'auto_attached' in moved(before))
    in_router('nft', 'delete', 'table', 'inet', 'tracked')
    for words in calls().values():
        order(f'end {words[0]}')


def strict_media():
    """A4: media_source"""
    for value in ('any', 'announced'):
        with settings(media_source=value):
            s = Scene()
            stranger = Rtp('wan', OTHER, s.port + 2)
            d, invite = s.invite()
            at = invite.sdp.at
            (heard if value == 'any' else unheard)(f'{value}: before the answer, the peer', s.outside, at, s.inside)
            s.provider.reply(invite, 200, s.answer, tag='m')
            d.learn(s.phone.take(200))
            d.ack()
            s.provider.take('ACK')
            (heard if value == 'any' else unheard)(f'{value}: a stranger', stranger, at, s.inside)
            s.talk(at, f'{value}: the announced peer')
            hang_up(d, s.provider)


def strict_callers():
    """A4: signalling_source"""
    for value in ('any', 'registrar'):
        with settings(signalling_source=value):
            s = Scene()
            seen, _, d = register(s.phone, s.provider)
            carol = Agent('wan', OTHER, 5070 + (value == 'any'), user='carol')
            c = carol.dial(seen.contact, at_of(seen.contact))
            c.request('INVITE', sdp(OTHER, 6000))
            data, _ = s.phone.recv(WAIT if value == 'any' else QUIET)
            equal(f'{value}: a stranger\'s call arrives', value == 'any', data is not None)
            if data is not None:
                s.phone.reply(Message(data, s.provider.at), 486, tag='x', contact=False, to=carol.at)
                c.ack(response=carol.take(486))
            s.phone.drain()
            call = connect(s.provider, s.phone, s.answer, s.offer, uri=seen.contact, to=at_of(seen.contact))
            s.talk(call.answer.at, f'{value}: a call of the registrar: media')
            hang_up(call.caller, s.phone)
            register(s.phone, s.provider, expires=0, dialog=d)


def strict_text():
    """A4: strict"""
    for value in (0, 1):
        with settings(strict=value):
            s = Scene()
            d = s.phone.dial(s.provider.contact, s.provider.at)
            d.request('OPTIONS', headers=[('Content-Length', '77')])
            data, _ = s.provider.recv(QUIET if value else WAIT)
            equal(f'strict={value}: broken SIP arrives', not value, data is not None)
            d.request('OPTIONS')
            check(f'strict={value}: good SIP arrives', s.provider.take('OPTIONS'))


play(names, users, rights, user_namespaces, namespaces, strict_media, strict_callers, strict_text, attachment)

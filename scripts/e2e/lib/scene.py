# SPDX-License-Identifier: GPL-2.0
"""scene.py - what the scripts about calls share: two parties with media on fresh ports, and what to ask the router.

    @scene
    def answered(s):
        '''a call'''
        call = s.connect()
        s.talk(call.offer.at)
        hang_up(call.caller, s.provider)

    play(answered)
"""
import contextlib
import errno
import functools
import itertools
from sip import *

_ports = itertools.count(20000, 20)


class Scene:
    """A phone, a provider, and a media socket of each; the provider's port is the phone's and 2."""

    def __init__(self):
        self.phone, self.provider = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
        self.port = next(_ports)
        self.inside, self.outside = Rtp('lan', PHONE, self.port), Rtp('wan', PROVIDER, self.port + 2)
        self.offer, self.answer = sdp(PHONE, self.port), sdp(PROVIDER, self.port + 2)
        self.far = (PROVIDER, self.port + 2)
        self.before = stats()

    def connect(self, **how):
        return connect(self.phone, self.provider, self.offer, self.answer, **how)

    def invite(self, body=None, **how):
        """(dialog, INVITE as the provider saw it)"""
        d = self.phone.dial(self.provider.contact, self.provider.at)
        d.request('INVITE', self.offer if body is None else body, **how)
        return d, self.provider.take('INVITE')

    def talk(self, at, what='media'):
        """Both hear each other; at: where the phone is published."""
        heard(f'{what} in', self.outside, at, self.inside)
        heard(f'{what} out', self.inside, self.far, self.outside, at)

    def moved(self, name):
        return moved(self.before).get(name, 0)


def scene(fn, left=waiting, says='nothing failed'):
    """A scenario with a Scene of its own, at the end of which nothing may be open."""
    @functools.wraps(fn)
    def play_it():
        s = Scene()
        fn(s)
        equal('no pinhole is left', [], left())
        equal(says, [0, 0, 0], [s.moved(n) for n in ('commit_failed', 'pinholes_full', 'malformed_sdp')])
    return play_it


@contextlib.contextmanager
def settings(**values):
    """Settings for a while."""
    with netns('rtr'):
        before = {n: open('/proc/sys/net/netfilter/sipalg/' + n).read().strip() for n in values}
    for n, v in values.items():
        setting(n, v)
    try:
        yield
    finally:
        for n, v in before.items():
            setting(n, v)


def idle_times(first, stream):
    """The kernel's own idle times of UDP."""
    in_router('sysctl', '-q', f'net.netfilter.nf_conntrack_udp_timeout={first}',
              f'net.netfilter.nf_conntrack_udp_timeout_stream={stream}')


def flows(port):
    """Connections that have this port on either side."""
    return re.findall(rf'.*port={port}\b.*', in_router('conntrack', '-L', '-p', 'udp'))


def stays(condition, seconds):
    """The condition holds all the time."""
    return not eventually(lambda: not condition(), seconds)


def at_of(uri):
    """Where a URI leads: a port or the default."""
    name, _, port = uri.partition('@')[2].partition(':')
    return name, int(port.partition(';')[0] or SIP_PORT)


def number(dialog):
    """What the router calls a dialog's call."""
    return int(calls()[dialog.call_id[:64]][0])


def order(text):
    """Writes to the file of calls: 0, or the name of the error."""
    with netns('rtr'):
        fd = os.open('/proc/net/sipalg/calls', os.O_WRONLY)
    try:
        os.write(fd, text.encode())
        return 0
    except OSError as e:
        return errno.errorcode[e.errno]
    finally:
        os.close(fd)


def heard_texts(listener, seconds=QUIET):
    """All that comes within a time, as texts."""
    texts, end = [], time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        text, _ = listener.hear(left)
        if text is not None:
            texts.append(text)
    return texts

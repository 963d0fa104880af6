# SPDX-License-Identifier: GPL-2.0
"""pair_kept.py - rows in which keepalived moves the addresses, and calls the script."""
import signal
from pair import *


class Keeper(Router):
    """A router whose addresses are keepalived's."""

    keeper = None

    def start(self):
        super().start()
        notify = f'{self.dir}/notify.sh'
        with open(notify, 'w', encoding='ascii') as f:
            f.write(f'#!/bin/sh\nexport CONNTRACKD_CONFIG={self.dir}/conntrackd.conf LD_LIBRARY_PATH={self.library}\n'
                    f'/bin/sh {HA}/notify.sh "$1" >> {self.dir}/log 2>&1\necho "$1" >> {self.dir}/notified\n')
        os.chmod(notify, 0o755)
        text = self.file('keepalived.conf', lan0='r0', wan0='r1').replace('/etc/conntrackd/notify.sh', notify)
        if self.number == 2:
            text = text.replace('priority 150', 'priority 100')
        with open(f'{self.dir}/keepalived.conf', 'w', encoding='ascii') as f:
            f.write(text)
        with netns(self.ns):
            self.keeper = subprocess.Popen(
                ['keepalived', '-n', '-P', '-l', '-D', '-f', f'{self.dir}/keepalived.conf', '-p', f'{self.dir}/pid',
                 '-r', f'{self.dir}/vrrp-pid'], stdout=self.log, stderr=self.log)

    def kill(self):
        super().kill()
        if self.keeper:
            for n in subprocess.run(['ip', 'netns', 'pids', self.ns], capture_output=True, text=True).stdout.split():
                with contextlib.suppress(OSError):
                    os.kill(int(n), signal.SIGKILL)
            self.keeper.wait()
            self.keeper = None

    def notified(self):
        try:
            with open(f'{self.dir}/notified', encoding='ascii') as f:
                return f.read().split()
        except OSError:
            return []

    def is_primary(self):
        """It has the addresses, and its daemon has got the orders."""
        has = all(f'{a}/24' in self.run('ip', 'addr').stdout for a in (ROUTER, '192.168.1.1'))
        return has and self.notified()[-1:] == ['primary']


class Kept(Pair):
    """keepalived says which router is active."""

    router = Keeper

    def boot(self):
        for ns in ('lan', 'wan'):
            forget_neighbours(BRIDGES[ns], ns)
        self.a.boot()
        self.wait(self.a)
        self.b.boot()
        if not eventually(lambda: self.b.notified()[-1:] == ['backup'], 3 * SLOW):
            raise RuntimeError(f'keepalived did not make {self.b.ns} the backup: {self.b.said()}')

    def wait(self, router):
        if not eventually(router.is_primary, 3 * SLOW):
            raise RuntimeError(f'keepalived did not make {router.ns} primary: {router.said()}')

    def rise(self):
        self.wait(self.active)

    def hand_over(self):
        raise NotImplementedError


def kept(fn):
    return row(having(kind=Kept)(fn))


@kept
def kept_calls(r):
    """calls, the other router takes over when the first one dies"""
    alice, bob = r.leg().up(), r.leg(r.bob()).up()
    alice.talk()
    bob.talk()
    r.die()
    for c in (bob, alice):
        c.talk('media after it')
        c.same()
        c.talk('media after the offer')


@kept
def kept_registered(r):
    alice = r.phone()
    contact, d = r.registered(alice)
    r.pair.settle()
    start = time.monotonic()
    r.die()
    r.called(alice, contact, media=False)
    took('UDP, a registered phone, with keepalived and three seconds of its silence', start)
    equal('the same contact is published', contact, r.registered(alice, d)[0])
    r.called(alice, contact)


KEPT = rows_of(__name__)

# SPDX-License-Identifier: GPL-2.0
"""Rounds of load, calls, unload, and of namespace, calls, destroy: rounds.py modules|namespaces COUNT

One TAP line a round. Hardly a process is started on the way, for that takes most of a
round's time in a slow guest: modules, addresses and routes are system calls here.
"""
import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import sys
import time
import traceback

sys.path.insert(0, '../lib')
from sip import PHONE, PROVIDER, ROUTER, eventually, netns, stats

INSIDE = '192.168.1.1'
NEWNET, BIND, DETACH = 0x40000000, 4096, 2
FINIT_MODULE, DELETE_MODULE = 313, 176
FORCE_NOTHING = os.O_NONBLOCK
libc = ctypes.CDLL(None, use_errno=True)
where = f'{os.environ.get("MODDIR", "")}/lib/modules/{os.uname().release}/extra'


def call(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def load(name, parameters=''):
    with open(f'{where}/{name}.ko', 'rb') as f:
        call(libc.syscall(FINIT_MODULE, f.fileno(), parameters.encode(), 0))


def unload(name):
    call(libc.syscall(DELETE_MODULE, name.encode(), FORCE_NOTHING))


def run(*command, text=None, ns=None):
    """A process, in a namespace or here."""
    if ns is None:
        subprocess.run(command, input=text, text=True, check=True, capture_output=True)
        return
    with netns(ns):
        run(*command, text=text)


def must(what, good):
    if not good:
        raise AssertionError(what)


# --- what the kernel shows -------------------------------------------------------


def loaded():
    with open('/proc/modules') as f:
        return [line.split()[0] for line in f if '_sipalg ' in line]


def slabs():
    with open('/proc/slabinfo') as f:
        return [line for line in f if line.startswith('sip_')]


def expected():
    """Expectations of ours, where the kernel has the file."""
    try:
        with netns('rtr'), open('/proc/net/nf_conntrack_expect') as f:
            return [line for line in f if 'sipalg' in line]
    except FileNotFoundError:
        return []


def calls_came(n):
    def there():
        try:
            return stats()['calls_added'] >= n
        except FileNotFoundError:
            return False
    return there


# --- the router ------------------------------------------------------------------

RULE = '''table inet alg {
    ct helper sip { type "sipalg" protocol udp; }
    chain pre { type filter hook prerouting priority mangle; udp dport 5060 ct helper set "sip"; }
}'''
NAT = '''table inet nat {
    chain post { type nat hook postrouting priority srcnat; oifname "r1" masquerade; }
}'''


def attach():
    run('nft', '-f', '-', text=RULE, ns='rtr')


def detach():
    run('nft', 'delete', 'table', 'inet', 'alg', ns='rtr')


def ifreq(name, rest):
    return struct.pack('16s', name.encode()) + rest.ljust(24, b'\0')


def sockaddr(addr):
    return struct.pack('HH4s8x', socket.AF_INET, 0, socket.inet_aton(addr))


def device(ns, name, addr=None, via=None):
    """Address/24, up, default route."""
    with netns(ns), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        if addr:
            fcntl.ioctl(s, 0x8916, ifreq(name, sockaddr(addr)))                 # SIOCSIFADDR
            fcntl.ioctl(s, 0x891c, ifreq(name, sockaddr('255.255.255.0')))      # SIOCSIFNETMASK
        fcntl.ioctl(s, 0x8914, ifreq(name, struct.pack('h', 0x41)))             # SIOCSIFFLAGS up, running
        if via:
            route = struct.pack('@L16s16s16shhLPhPLLH', 0, sockaddr('0.0.0.0'), sockaddr(via), sockaddr('0.0.0.0'),
                                3, 0, 0, 0, 0, 0, 0, 0, 0)
            fcntl.ioctl(s, 0x890b, route)                                       # SIOCADDRT up, gateway


def make_namespace(name):
    """As ip netns add does."""
    path = '/run/netns/' + name
    os.close(os.open(path, os.O_CREAT | os.O_RDONLY, 0))
    home = os.open('/proc/self/ns/net', os.O_RDONLY)
    call(libc.unshare(NEWNET))
    call(libc.mount(b'/proc/self/ns/net', path.encode(), b'none', BIND, None))
    call(libc.setns(home, NEWNET))
    os.close(home)


def destroy_namespace(name):
    path = '/run/netns/' + name
    call(libc.umount2(path.encode(), DETACH))
    os.unlink(path)


def make_router(rules):
    make_namespace('rtr')
    run('ip', '-batch', '-', text='link add l0 netns lan type veth peer name r0 netns rtr\n'
                                  'link add w0 netns wan type veth peer name r1 netns rtr\n')
    device('rtr', 'lo')
    device('rtr', 'r0', INSIDE)
    device('rtr', 'r1', ROUTER)
    device('lan', 'l0', PHONE, INSIDE)
    device('wan', 'w0', PROVIDER)
    with netns('rtr'), open('/proc/sys/net/ipv4/ip_forward', 'w') as f:
        f.write('1')
    run('nft', '-f', '-', text=rules, ns='rtr')


def router_is_gone():
    for ns in ('lan', 'wan'):
        with netns(ns), open('/proc/net/dev') as f:
            if any(line.strip()[:2] in ('l0', 'w0') for line in f):
                return False
    return True


# --- rounds -----------------------------------------------------------------------


def modules(i):
    """load, calls, unload"""
    rule = i % 4 == 0       # else the module attaches itself
    load('nf_conntrack_sipalg', '' if rule else 'auto_attach=1')
    load('nf_nat_sipalg')
    if rule:
        attach()
    must('calls came', eventually(calls_came(3), 20))
    if i % 8 == 7:
        run('conntrack', '-F', ns='rtr')
    if i % 16 == 5:
        run('conntrack', '-F', 'expect', ns='rtr')
    if rule:
        detach()
    unload('nf_nat_sipalg')
    if i % 4 == 3:          # the NAT module alone goes, and comes back
        load('nf_nat_sipalg')
        unload('nf_nat_sipalg')
    # the rule holds the module till its namespace has let it go
    must('the module can go', eventually(lambda: not loaded() or not can_fail(unload, 'nf_conntrack_sipalg'), 20))
    must('it is gone', loaded() == [])
    must('no expectation is left', expected() == [])
    must('no slab is left', slabs() == [])


def can_fail(fn, *arguments):
    try:
        fn(*arguments)
        return False
    except OSError:
        return True


def namespaces(i):
    """namespace, calls, destroy"""
    make_router(NAT + '\n' + RULE)
    must('calls came', eventually(calls_came(3), 20))
    destroy_namespace('rtr')
    must('its devices are gone', eventually(router_is_gone, 20))


def main():
    kind, count = globals()[sys.argv[1]], int(sys.argv[2])
    if kind is modules:
        make_router(NAT)
    start = time.monotonic()
    for i in range(1, count + 1):
        try:
            kind(i)
        except Exception:
            print(f'not ok - {kind.__doc__} {i}', flush=True)
            print(''.join('# ' + line + '\n' for line in traceback.format_exc().splitlines()), flush=True)
            sys.exit(1)
        print(f'ok - {kind.__doc__} {i}', flush=True)
    print(f'# {count} rounds of {kind.__doc__}: {time.monotonic() - start:.0f} s')
    if kind is modules:
        destroy_namespace('rtr')
        eventually(router_is_gone, 20)


main()

# SPDX-License-Identifier: GPL-2.0
"""pair_registered.py - rows about phones that have registered, and are called on the other router."""
from pair import *

IDLE = 8                        # seconds: the kernel's idle time of UDP where a row is about a silent hour
LIFE = 7200                     # seconds of a long registration
NEAR = 0.05                     # of it: what may be missing on the other router


@row
def reg(r):
    """the registrar calls before the next REGISTER"""
    alice = r.phone()
    contact, _ = r.registered(alice)
    r.pair.settle()
    start = time.monotonic()
    r.die()
    r.called(alice, contact, media=False)
    took('UDP, by the registrar, the whole call', start)
    r.called(alice, contact)


@row
def reg_other(r):
    """another host calls"""
    alice = r.phone()
    contact, _ = r.registered(alice)
    r.pair.settle()
    start = time.monotonic()
    r.die()
    carol = r.other()
    r.called(alice, contact, by=carol, media=False)
    took('UDP, by another host, the whole call', start)
    r.called(alice, contact, by=carol)


@row
def reg_again(r):
    """the phone registers again"""
    alice = r.phone()
    contact, d = r.registered(alice)
    r.die()
    equal('the same contact is published', contact, r.registered(alice, d)[0])
    r.called(alice, contact)
    r.called(alice, contact, by=r.other())


@row
def reg_port(r):
    """the phone listens at another port than it sends from"""
    alice = r.phone()
    ear = End('lan', alice.addr, 5070)
    contact, d = r.registered(alice, contact=ear.contact)
    r.die()
    r.called(ear, contact)
    equal('the same contact is published', contact, r.registered(alice, d, contact=ear.contact)[0])
    r.called(ear, contact, port=12100)


@row
def reg_two(r):
    """two phones with the same port inside"""
    phones = r.phone(), r.bob()
    contacts = [r.registered(p)[0] for p in phones]
    check('two contacts', at_of(contacts[0]) != at_of(contacts[1]), *contacts)
    r.die()
    for phone, contact in list(zip(phones, contacts))[::-1]:
        r.called(phone, contact)
    carol = r.other()
    for phone, contact in zip(phones, contacts):
        r.called(phone, contact, by=carol, port=12100)


SHORT = {'netfilter/nf_conntrack_udp_timeout': IDLE, 'netfilter/nf_conntrack_udp_timeout_stream': IDLE}


@row
@having(sysctls=SHORT)
def reg_late(r):
    """the phone says nothing for longer than UDP's idle time, on both routers"""
    alice = r.phone()
    contact, _ = r.registered(alice)
    time.sleep(1.5 * IDLE)
    r.die()
    time.sleep(1.5 * IDLE)
    r.called(alice, contact)
    r.called(alice, contact, by=r.other())


@row
def reg_life(r):
    """two hours are granted"""
    alice = r.phone()
    r.registered(alice, expires=LIFE)
    r.die()
    least = LIFE * (1 - NEAR)
    lines = [re.match(r'(\d+) proto=17 .*dport=5060', line) for line in r.router.lists('expect')]
    lives = [int(m[1]) for m in lines if m]
    check('its expectation lives for the time that was granted', lives and max(lives) >= least, lives)
    lines = [line for line in r.router.lists('-p', 'udp') if f'src={r.phone().addr} ' in line and 'dport=5060' in line]
    lives = [int(line.split()[2]) for line in lines]
    check('and so does its connection', lives and max(lives) >= least, *lines)


CALLED = rows_of(__name__)

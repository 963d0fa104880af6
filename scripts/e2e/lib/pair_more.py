# SPDX-License-Identifier: GPL-2.0
"""pair_more.py - rows about the way back, hand-overs of two that are alive, many phones, modules loaded anew."""
from pair import *

MANY = 20
TIMES = 10


# --- the way back -------------------------------------------------------------


def there_and_back(r):
    """The active router dies, boots again, and is active again."""
    r.die()
    r.pair.boot_again()
    r.pair.hand_over()


@row
def back(r):
    c = r.leg().up()
    c.talk()
    r.die()
    c.talk('media of the second router')
    r.pair.boot_again()
    r.pair.hand_over()
    c.talk('media of the first one again')
    c.bye()
    r.closed()


@row
def back_dies(r):
    """the second router dies after the first one has booted"""
    c = r.leg().up()
    c.talk()
    r.die()
    r.pair.boot_again()
    r.die()
    c.talk('media of the first one again')
    c.same()


@row
def back_reinvite(r):
    alice, bob = r.leg().up(), r.leg(r.bob()).up()
    alice.talk()
    bob.talk()
    there_and_back(r)
    for c in (bob, alice):
        c.same()
        c.talk('media after it')


@row
def back_reg(r):
    alice = r.phone()
    contact, d = r.registered(alice)
    there_and_back(r)
    r.called(alice, contact)
    equal('the same contact is published', contact, r.registered(alice, d)[0])


# --- both are alive -----------------------------------------------------------


@row
def handover(r):
    """both are alive"""
    alice, bob = r.leg().up(), r.leg(r.bob()).up()
    contact, _ = r.registered(r.phone())
    alice.talk()
    bob.talk()
    for _ in range(2):
        r.pair.hand_over()
        for c in (bob, alice):
            c.talk('media after it')
            c.same()
        r.called(r.phone(), contact)


@row
def handover_ended(r):
    """the call ends on the second router, and the first one is active again"""
    c = r.leg().up()
    c.talk()
    r.pair.hand_over()
    c.bye()
    r.closed()
    r.pair.hand_over()
    r.closed()
    new = r.leg(port=10200).up()
    new.talk()
    new.bye()
    r.closed(new.at[1], new.at[1] + 1)


# --- many ---------------------------------------------------------------------


def crowd(r):
    """Phones at their own hosts, all with port 5060."""
    return [r.phone(f'phone{i}', 10 + i) for i in range(MANY)]


def calls_of(r, phones):
    legs = [r.leg(p).up() for p in phones]
    equal('each call has a published port of its own', MANY, len({c.at for c in legs}))
    return legs


@row
def many_rtp(r):
    legs = calls_of(r, crowd(r))
    for c in legs:
        c.talk()
    r.die()
    for c in legs:
        c.talk('media after it')


@row
def many_reinvite(r):
    """all have the same port inside; the last one offers first"""
    legs = calls_of(r, crowd(r))
    for c in legs:
        c.talk()
    r.die()
    for c in legs[::-1]:
        c.same()
    for c in legs:
        c.talk('media after it')


@row
def many_waiting(r):
    """the same, and no media has come before"""
    legs = calls_of(r, crowd(r))
    r.die()
    for c in legs[::-1]:
        c.same()
    for c in legs:
        c.talk('media after it')


@row
def many_regs(r):
    phones = crowd(r)
    contacts = [r.registered(p)[0] for p in phones]
    r.die()
    start = time.monotonic()
    for phone, contact in zip(phones, contacts):
        r.called(phone, contact, media=False)
    took(f'UDP, {MANY} registered phones, one after the other', start)


@row
def many_reregister(r):
    """the last one registers first"""
    phones = crowd(r)
    registered = [r.registered(p) for p in phones]
    r.die()
    for phone, (contact, d) in list(zip(phones, registered))[::-1]:
        equal(f'{phone.user} publishes the same contact', contact, r.registered(phone, d)[0])
    for phone, (contact, _) in zip(phones, registered):
        r.called(phone, contact, media=False)


# --- modules that are loaded anew ----------------------------------------------


def reload(r):
    """Both modules are loaded anew; the connections with signalling are begun anew, as the rules advise."""
    routers = [x for x in (r.pair.a, r.pair.b) if there(x.ns)]
    for router in routers:
        router.run('nft', 'delete', 'table', 'inet', 'sipalg')
    quiet = {'stderr': subprocess.DEVNULL}
    for module in ('nf_nat_sipalg', 'nf_conntrack_sipalg'):
        gone = eventually(lambda m=module: subprocess.run(['rmmod', m], **quiet).returncode == 0, SLOW)
        check(f'{module} is unloaded', gone)
    subprocess.run(['modprobe', 'nf_nat_sipalg'], check=True)
    for router in routers:
        router.rules()
        router.unlimited()
    for proto in ('udp', 'tcp'):
        r.router.run('conntrack', '-D', '-p', proto, '--dport', str(SIP_PORT))


@row
def reload_rtp(r):
    c = r.leg().up()
    c.talk()
    reload(r)
    c.talk('media after it')


@row
def reload_reinvite(r):
    """two phones with the same port inside offer again"""
    alice, bob = r.leg().up(), r.leg(r.bob()).up()
    alice.talk()
    bob.talk()
    reload(r)
    for c in (bob, alice):
        c.same()
    for c in (bob, alice):
        c.talk('media after it')


@row
def reload_bye(r):
    c = r.leg().up()
    c.talk()
    reload(r)
    c.bye()
    r.closed()


@row
def reload_reg(r):
    """the phone registers again"""
    alice = r.phone()
    contact, d = r.registered(alice)
    reload(r)
    equal('the same contact is published', contact, r.registered(alice, d)[0])
    r.called(alice, contact)


@row
def hundred(r):
    """ten calls, ten times from one router to the other"""
    phones = [r.phone(f'phone{i}', 10 + i) for i in range(10)]
    legs = [r.leg(p).up() for p in phones]
    for c in legs:
        c.talk()
    for n in range(TIMES):
        if n % 2:
            r.pair.hand_over()
        else:
            r.die()
            r.pair.boot_again()
        for c in legs:
            c.talk(f'media after switch {n + 1}')
            c.same()
            c.talk(f'media after the offer of switch {n + 1}')
    for c in legs:
        c.bye()
    r.closed(*(c.at[1] for c in legs))


MORE, HUNDRED = rows_of(__name__)[:-1], ['hundred']

# SPDX-License-Identifier: GPL-2.0
# What is not SIP, or SIP that two readers could read as two messages, passes byte for byte, opens nothing and is
# counted by its reason; of odd SIP what cannot be read stays; strict=1 drops both; unknown methods pass unless told
# otherwise.
# tags: 6.12 7
# topo: masquerade
import itertools
from broken import *

_letters = itertools.count(65)


def pair():
    return Agent('lan', PHONE), Agent('wan', PROVIDER)


def passes(what, data, counters):
    """Arrives as it was sent, and moves these counters and no others."""
    before = stats()
    phone, provider = passes.pair
    phone.send(data, provider.at)
    got, _ = provider.recv()
    check(f'{what} passes byte for byte', got == data, repr(got))
    equal(f'{what} is counted', {'packets': 1, **counters}, moved(before))


def dropped(what, data, counters):
    before = stats()
    phone, provider = passes.pair
    phone.send(data, provider.at)
    check(f'{what} is dropped', eventually(lambda: moved(before) == {'packets': 1, **counters}, 2), moved(before))
    check(f'{what} does not arrive', provider.recv(0)[0] is None)


def not_sip():
    """not SIP"""
    passes.pair = pair()
    for what, data in NOT_SIP.items():
        passes(what, data, {'not_sip': 1})
    equal('nothing is open', [], waiting())


def empty():
    """an empty datagram"""
    passes.pair = pair()
    passes('it', b'', {'not_sip': 1})


def keepalive_then_sip():
    """a message behind keep-alives"""
    phone, provider = pair()
    phone.send(b'\r\n\r\n' + invite(), provider.at)
    got, _ = provider.recv()
    check('is translated', got.startswith(b'\r\n\r\nINVITE') and PHONE.encode() not in got, got)


def malformed():
    """malformed"""
    passes.pair = pair()
    for fault, what, data in MALFORMED:
        passes(f'{fault}, {what},', fresh(data), {'malformed_' + fault: 1})
    equal('nothing is open', ([], {}), (waiting(), calls()))


def odd():
    """odd"""
    phone, provider = pair()
    names = {n[5:] for n in stats() if n.startswith('left_')}
    equal('every kind has a message here', names, {name for left, _, _ in ODD for name in left})
    for left, what, data in ODD:
        before = stats()
        data = fresh(data)
        phone.send(data, provider.at)
        got, _ = provider.recv()
        same = {a for a in data.split(b'\r\n')} & {b for b in got.split(b'\r\n')}
        check(f'{what}: it is translated, and not all of it', got != data and len(same) > 3, got)
        equal(f'{what}: what stayed is counted', {f'left_{name}': 1 for name in left},
              {n: v for n, v in moved(before).items() if n.startswith(('left_', 'malformed_', 'not_sip'))})
    in_router('conntrack', '-F')


def fresh(data):
    """The message under a Call-ID of its own, of the same length."""
    return data.replace(b'Call-ID: n@', b'Call-ID: %c@' % next(_letters))


def strict():
    """strict=1"""
    passes.pair = pair()
    setting('strict', 1)
    names = {n[10:] for n in stats() if n.startswith('malformed_')} - {'dropped'}
    equal('every reason has a message here', names, {fault for fault, _, _ in STRICT})
    for fault, what, data in STRICT:
        counters = {'malformed_' + fault: 1, 'malformed_dropped': 1}
        if fault == 'sdp':
            counters['requests'] = 1
        dropped(f'{fault}, {what},', data, counters)
    for what in ('CRLF CRLF', 'STUN', 'HTTP'):
        passes(what, NOT_SIP[what], {'not_sip': 1})
    for fault, what, _, data in BROKEN:
        if fault == 'start':
            passes(what, data, {'not_sip': 1})
    setting('strict', 0)


def unknown():
    """unknown method"""
    passes.pair = phone, provider = pair()
    data = invite(replace={'CSeq': '1 NEWMETHOD'}).replace(b'INVITE sip:', b'NEWMETHOD sip:')
    phone.send(data, provider.at)
    got = provider.take('NEWMETHOD')
    check('is translated', PHONE.encode() not in got.data and got.contact == f'sip:a@{ROUTER}', got.data)
    equal('is counted', 1, stats()['unknown_method'])
    phone.send(data.replace(b'NEWMETHOD', b'N.!%*_+`\'~'), provider.at)
    check('with all the marks of a token too', PHONE.encode() not in provider.take().data)
    setting('unknown_nat', 0)
    dropped('with unknown_nat=0 it', data, {'requests': 1, 'unknown_dropped': 1})
    setting('unknown_route', 0)
    setting('unknown_nat', 1)
    phone.send(data, provider.at)
    check('unknown_route is for what is routed', provider.take('NEWMETHOD').is_exact)
    setting('unknown_route', 1)


def kernel_log():
    said = subprocess.run(['dmesg'], capture_output=True, text=True).stdout.splitlines()
    equal('nothing was said in the kernel log', [], [line for line in said if 'sip' in line.lower()])


play(not_sip, empty, malformed, strict, odd, unknown, keepalive_then_sip, kernel_log)

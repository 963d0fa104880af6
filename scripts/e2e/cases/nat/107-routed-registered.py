# SPDX-License-Identifier: GPL-2.0
# A firewall without NAT, what 26 and 78 leave out: calls in after registration over UDP and TCP, a stranger's
# too, and a server inside on a port of its own; IPv4 and IPv6. No byte of a message is changed.
# limit: 300
# topo: routed
# forward: iifname r1 meta l4proto { udp, tcp } th dport 5070 accept
# attach: rtr prerouting '{ 5060, 5070 }'
# zero: packets that were translated: translated
# after: sound
from natscene import *


def shut(phone, stranger):
    """Before and after a registration nobody calls in."""
    a, s = phone.agent(), stranger.agent(5090)
    s.dial(a.contact, a.at).request('INVITE', sdp(stranger.addr, 4000))
    check('an INVITE from outside stays there', a.recv(QUIET)[0] is None)
    run('rtr', 'conntrack', '-F')
    p = stranger.agent()
    seen, d = registered(a, p)
    whole_call('in', s, a, uri=a.contact, to=a.at)
    unregistered(a, p, d)
    run('rtr', 'conntrack', '-F')
    s.dial(a.contact, a.at).request('INVITE', sdp(stranger.addr, 4000))
    check('nor later', a.recv(QUIET)[0] is None)


def scenes(own, far, other):
    phone, provider = Host('lan', own), Host('wan', far, user='sbc')
    stranger = Host('wan', other, user='carol')
    return [*both(f'{own}', visit, phone, provider, stranger), *strictly(f'{own}', visit, phone, provider),
            of(f'{own} is shut', shut, phone, stranger),
            *both(f'a server at {own}', served, Host('lan', own, user='pbx'), provider, to=(own, 5070), port=5070)]


play(*scenes(PHONE, PROVIDER, OTHER), *scenes(PHONE6, PROVIDER6, OTHER6))

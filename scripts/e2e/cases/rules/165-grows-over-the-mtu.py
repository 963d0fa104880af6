# SPDX-License-Identifier: GPL-2.0
# What the router makes longer than a packet may be, the router cuts: its sender can do nothing about it.
# topo: masquerade ip6
# attach: udp
# with: tcp_addresses
# after: expectations
"""Messages that fill a packet to the last byte and grow by translation: they arrive in fragments, whatever the
sender's own system says about fragments (IP_DF, which Linux sets, is about the size that it sent)."""
from scene import *

MTU = 1500
PROBES = {'may be cut': 0, 'must not be cut (DF)': 2}      # IP_PMTUDISC_DONT, _DO


def offer(agent, far, size):
    """An INVITE whose packet has that size."""
    d = agent.dial(far.contact, far.at)
    sent = []
    real, agent.send = agent.send, lambda data, to: sent.append(data)
    d.request('INVITE', sdp(agent.addr, 4000, 4010), cseq=1)
    agent.send = real
    pad = size - (48 if is6(agent.addr) else 28) - len(sent[0]) - len('Subject: \r\n')
    return sent[0].replace(b'\r\nMax-Forwards', b'\r\nSubject: ' + b'x' * pad + b'\r\nMax-Forwards')


def grows(near, there, public):
    for what, probe in PROBES.items():
        phone, far = Agent('lan', near), Agent('wan', there)
        if is6(near):
            phone.sock.setsockopt(socket.IPPROTO_IPV6, 23, 3 if probe == 0 else probe)     # IPV6_MTU_DISCOVER
        else:
            phone.sock.setsockopt(socket.IPPROTO_IP, 10, probe)     # IP_MTU_DISCOVER
        for size in (MTU - 40, MTU - 1, MTU):
            data = offer(phone, far, size)
            phone.send(data, far.at)
            got, _ = far.recv(2)
            if check(f'{what}, a packet of {size} bytes: arrives', got is not None):
                m = Message(got)
                check(f'{what}, a packet of {size} bytes: is translated and has grown', m.sdp.addr == public and m.is_exact
                      and len(got) > len(data), len(data), len(got))
        phone.sock.close()
        far.sock.close()
    for words in calls().values():
        order(f'end {words[0]}')


def ipv4():
    """IPv4"""
    grows('10.0.0.2', PROVIDER, ROUTER)


def ipv6():
    """IPv6"""
    grows(PHONE6, PROVIDER6, ROUTER6)


play(ipv4, ipv6)

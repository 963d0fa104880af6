# SPDX-License-Identifier: GPL-2.0
# A proxy inside whose trunk is a TCP connection: Record-Route and Route name the connection outside, and inside
# what the proxy had written.
# tags: 6.12 uml
# topo: masquerade
# attach: tcp
# after: expectations
from tcp import *


def play_hop(hop):
    """One call through a proxy that has put that hop into its messages."""
    s = TcpScene(PHONE, PROVIDER, SIP_PORT)
    proxy, trunk = s.phone, s.provider
    routes = f'<{hop};transport=tcp;r2=on;lr>, <{hop};r2=on;lr>'
    desk = 'sip:desk@192.168.7.9:5060'
    d = proxy.dial(trunk.contact, None)
    proxy.contact = desk
    d.request('INVITE', s.offer, headers=[('Record-Route', routes)])
    invite = trunk.take('INVITE')
    there = f'sip:{ROUTER}:{proxy.seen_as[1]}'
    equal(f'{hop}: outside the hops are the connection', f'<{there};transport=tcp;r2=on;lr>, <{there};r2=on;lr>',
          invite['record-route'])
    equal(f'{hop}: the Contact is another\'s and stays', desk, invite.contact)
    trunk.reply(invite, 200, s.answer, tag='t')
    ok = proxy.take(200)
    equal(f'{hop}: the answer has the hops as they were', routes, ok['record-route'])
    d.learn(ok)
    d.ack()
    trunk.take('ACK')
    far = trunk.dialog_of(invite, 't')
    far.request('INFO', headers=[('Route', invite['record-route'])])
    info = proxy.take('INFO')
    equal(f'{hop}: so has a request from there', routes, info['route'])
    equal(f'{hop}: whose URI is the desk\'s', desk, info.uri)
    proxy.reply(info, 200)
    trunk.take(200)
    hang_up(d, trunk)


def default_port():
    """a hop without a port"""
    play_hop(f'sip:{PHONE}')


def other_port():
    """a hop on a port of its own"""
    play_hop(f'sip:{PHONE}:5080')


def same_port():
    """a hop on the default port, written"""
    play_hop(f'sip:{PHONE}:5060')


play(default_port, other_port, same_port)

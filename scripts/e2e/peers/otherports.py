# SPDX-License-Identifier: GPL-2.0
"""Telephones ask for ports that are somebody else's: those whose they are go on getting their packets."""
from scene import *


def asks(port, first=None, inside=PHONE, outside=PROVIDER):
    """A call of a telephone that offers this port; first(): what happens before either has sent media."""
    phone, provider = Agent('lan', inside), Agent('wan', outside)
    media, far = Rtp('lan', inside, port), Rtp('wan', outside, 6000)
    call = connect(phone, provider, sdp(inside, port), sdp(outside, 6000))
    if first:
        first()
    heard(f'{port}: the telephone that asked for it hears', far, call.offer.at, media)
    heard(f'{port}: and is heard', media, call.answer.at, far, call.offer.at)
    return call, provider, phone, media, far


def done(call, provider, *sockets):
    hang_up(call.caller, provider)
    for s in (provider,) + sockets:
        s.sock.close()


def keeps(listener, port, inside=PHONE, outside=PROVIDER, router=ROUTER, stranger=OTHER):
    """A stranger reaches whose port it is while a telephone asks for it, and before the telephone's peer has come."""
    before = Rtp('wan', stranger, 7000)
    heard(f'{port}: before the call', before, (router, port), listener)
    during = Rtp('wan', stranger, 7001)
    up = asks(port, lambda: heard(f'{port}: rule B3: during the call, before its media', during, (router, port), listener),
              inside, outside)
    check(f'{port}: another port was published', up[0].offer.port != port, up[0].offer.at)
    heard(f'{port}: rule B3: during its media', during, (router, port), listener)
    done(*up, before, during)


def own_sockets():
    """a server of the router: on all addresses, on one, on a device, on both families"""
    before = stats()
    keeps(Rtp('rtr', '0.0.0.0', 51820), 51820)
    keeps(Rtp('rtr', ROUTER, 51822), 51822)
    server = Rtp('rtr', '0.0.0.0', 51824)
    server.sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b'r1')
    keeps(server, 51824)
    keeps(Rtp('rtr', '::', 51826), 51826)
    check('counted', moved(before).get('ports_bound', 0) >= 4, moved(before))


def own_sockets6():
    """the same in IPv6"""
    before = stats()
    keeps(Rtp('rtr', '::', 51828), 51828, PHONE6, PROVIDER6, ROUTER6, OTHER6)
    keeps(Rtp('rtr', ROUTER6, 51830), 51830, PHONE6, PROVIDER6, ROUTER6, OTHER6)
    check('counted', moved(before).get('ports_bound', 0) >= 2, moved(before))


def rtcp():
    """the port above is a server's: the pair moves"""
    server = Rtp('rtr', '0.0.0.0', 51833)
    up = asks(51832, lambda: heard('the server hears', Rtp('wan', OTHER, 7000), (ROUTER, 51833), server))
    check('another port was published', up[0].offer.port != 51832, up[0].offer.at)
    done(*up)


def udp_ports():
    """Ports of the router's UDP sockets, those of the kernel too."""
    with netns('rtr'), open('/proc/net/udp') as f:
        return {int(line.split()[1].partition(':')[2], 16) for line in f.readlines()[1:]}


def kernel_sockets():
    """a socket that the kernel has made: WireGuard's, and one of FOU"""
    for what, made in (('FOU', 'modprobe fou && ip fou add port 51840 ipproto 4'),
                       ('WireGuard', 'ip link add wg9 type wireguard && ip link set wg9 up')):
        before = udp_ports()
        with netns('rtr'):
            done_so = subprocess.run(made, shell=True, capture_output=True, text=True)
        new = udp_ports() - before
        if not check(f'{what}: it has a port', len(new) == 1, new, done_so.stderr):
            continue
        port = new.pop()
        up = asks(port)
        check(f'{what}: rule B3: another port was published', up[0].offer.port != port, up[0].offer.at)
        done(*up)


def connected():
    """a socket that talks to one host alone takes no port from anybody"""
    s = Socket('rtr', ROUTER, 51850)
    s.sock.connect((OTHER, 9))
    up = asks(51850)
    equal('the port is kept', 51850, up[0].offer.port)
    done(*up)


def kept():
    """keep_ports, and the kernel's reserved ports"""
    before = stats()
    with settings(keep_ports='32400,40000-40009'):
        for port, good in ((32400, False), (40004, False), (39998, True), (39999, False), (40010, True)):
            up = asks(port)
            equal(f'rule B3: {port} is published as it is', good, up[0].offer.port == port)
            done(*up)
    name = '/proc/sys/net/ipv4/ip_local_reserved_ports'
    with netns('rtr'), open(name, 'w') as f:
        f.write('41000-41009')
    up = asks(41004)
    check('rule B3: a reserved port is not published', up[0].offer.port != 41004, up[0].offer.at)
    done(*up)
    with netns('rtr'), open(name, 'w') as f:
        f.write('\n')
    equal('counted', 4, moved(before).get('ports_kept'))


def rule(text):
    """A rule of NAT more, before those of the case."""
    in_router('nft', 'insert', 'rule', 'ip6' if 'fd00' in text else 'ip', 'forwards', 'pre', *text.split())


def forwarded():
    """a port that is forwarded to another host"""
    before = stats()
    rule(f'iifname r1 udp dport 33400-33401 dnat to {PHONE2}')
    rule(f'iifname r1 udp dport 33410 dnat to {PHONE2}:9000')
    rule(f'iifname r1 udp dport 33420 dnat to [fd00:1::3]')
    in_router('iptables-legacy', '-t', 'nat', '-A', 'PREROUTING', '-i', 'r1', '-p', 'udp', '--dport', '33430',
              '-j', 'DNAT', '--to', PHONE2)
    keeps(Rtp('lan', PHONE2, 33400), 33400)
    keeps(Rtp('lan', PHONE2, 9000), 33410)
    keeps(Rtp('lan', 'fd00:1::3', 33420), 33420, PHONE6, PROVIDER6, ROUTER6, OTHER6)
    keeps(Rtp('lan', PHONE2, 33430), 33430)
    up = asks(32398)
    equal('the pair below is published as it is', 32398, up[0].offer.port)
    done(*up)
    check('counted', moved(before).get('ports_forwarded', 0) >= 4, moved(before))


def redirected():
    """a port that is led to another port of the router"""
    rule('iifname r1 udp dport 33440 redirect to :9010')
    keeps(Rtp('rtr', '0.0.0.0', 9010), 33440)


def own_forward():
    """a port that is forwarded to the telephone itself stays its own"""
    rule(f'iifname r1 udp dport 33450-33459 dnat to {PHONE}')
    up = asks(33452)
    equal('the port is kept', 33452, up[0].offer.port)
    done(*up)


def not_asked():
    """keep_forwards=0: rules of NAT are not asked"""
    rule(f'iifname r1 udp dport 33470 dnat to {PHONE2}')
    with settings(keep_forwards='0'):
        up = asks(33470)
        equal('the port is kept', 33470, up[0].offer.port)
        done(*up)


def leaves_nothing():
    """the questions leave no connection behind, and no other chain sees them"""
    in_router('nft', 'add rule ip forwards pre iifname r1 udp dport 33480 counter dnat to 192.168.1.3')
    in_router('nft', 'add table ip before; add chain ip before pre { type filter hook prerouting priority -150; };'
              'add rule ip before pre iifname r1 udp dport 33480 counter')
    up = asks(33480)
    check('another port was published', up[0].offer.port != 33480, up[0].offer.at)
    done(*up)
    equal('no connection leads there', [], [f for f in flows(33480) if PHONE2 in f])
    check('the rule of NAT has counted', 'counter packets 1 ' in in_router('nft', 'list', 'chain', 'ip', 'forwards', 'pre'))
    check('the chain before it has not', 'counter packets 0 ' in in_router('nft', 'list', 'table', 'ip', 'before'))


def exposed_host():
    """an exposed host gets what nobody else has: a telephone's calls are not for it"""
    in_router('nft', f'add rule ip forwards pre iifname r1 meta l4proto udp dnat to {PHONE2}')
    before = stats()
    up = asks(33460)
    equal('the port is kept', 33460, up[0].offer.port)
    done(*up)
    rule(f'iifname r1 udp dport 33490 dnat to {PHONE2}:9002')
    keeps(Rtp('lan', PHONE2, 9002), 33490)
    equal('only what a rule names is passed over', 1, moved(before).get('ports_forwarded'))


def registers(what):
    """A telephone registers from 5060 while that is forwarded to a PBX: strangers go on reaching the PBX."""
    pbx, phone, provider = Agent('lan', PHONE2, user='pbx'), Agent('lan', PHONE), Agent('wan', PROVIDER)
    one, two = Agent('wan', OTHER, user='one'), Agent('wan', OTHER, 5070, user='two')
    one.dial(f'sip:100@{ROUTER}', (ROUTER, 5060)).request('OPTIONS')
    equal(f'{what}: before it, a caller reaches the PBX', 'OPTIONS', pbx.take('OPTIONS').method)
    seen, _, d = register(phone, provider)
    two.dial(f'sip:100@{ROUTER}', (ROUTER, 5060)).request('OPTIONS')
    got, _ = pbx.recv()
    check(f'{what}: rule B3: after it, a new caller reaches the PBX', got and got.startswith(b'OPTIONS'), got)
    equal(f'{what}: the telephone gets nothing of it', None, phone.recv(QUIET)[0])
    call = provider.dial(seen.contact, (ROUTER, 5060))
    call.request('INVITE', sdp(PROVIDER, 6000))
    invite = phone.take('INVITE')
    check(f'{what}: the registrar calls the telephone', invite is not None)
    phone.reply(invite, 486, tag='no')
    call.ack(response=provider.take(486))
    phone.take('ACK')
    register(phone, provider, expires=0, dialog=d)
    for s in (pbx, phone, provider, one, two):
        s.sock.close()


def kept_sip():
    """5060 is forwarded, and kept"""
    with settings(keep_ports='5060', keep_forwards='0'):
        registers('keep_ports')


def forwarded_sip():
    """5060 is forwarded"""
    before = stats()
    registers('NAT')
    check('counted', moved(before).get('ports_forwarded', 0) >= 1, moved(before))


play(own_sockets, own_sockets6, rtcp, kernel_sockets, connected, kept, kept_sip, forwarded_sip, forwarded, redirected,
     own_forward, not_asked, leaves_nothing, exposed_host)

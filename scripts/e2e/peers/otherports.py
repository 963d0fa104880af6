# SPDX-License-Identifier: GPL-2.0
"""Telephones ask for ports that are somebody else's: those whose they are go on getting their packets."""
from scene import *


def asks(port):
    """What is published for a telephone that offers this port; the call has ended."""
    phone, provider = Agent('lan', PHONE), Agent('wan', PROVIDER)
    media, far = Rtp('lan', PHONE, port), Rtp('wan', PROVIDER, 6000)
    call = connect(phone, provider, sdp(PHONE, port), sdp(PROVIDER, 6000))
    heard(f'{port}: the telephone that asked for it hears', far, call.offer.at, media)
    heard(f'{port}: and is heard', media, call.answer.at, far, call.offer.at)
    return call, provider, phone, media, far


def done(call, provider, *sockets):
    hang_up(call.caller, provider)
    for s in (provider,) + sockets:
        s.sock.close()


def keeps(server, port):
    """A stranger reaches the router's server while a telephone has a call with that port."""
    stranger = Rtp('wan', OTHER, 7000)
    heard(f'{server}: before the call', stranger, (ROUTER, port), server)
    up = asks(port)
    heard(f'{server}: rule B3: during the call', Rtp('wan', OTHER, 7001), (ROUTER, port), server)
    check('another port was published', up[0].offer.port != port, up[0].offer.at)
    done(*up)


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


def rtcp():
    """the port above is a server's: the pair moves"""
    server = Rtp('rtr', '0.0.0.0', 51831)
    up = asks(51830)
    check('another port was published', up[0].offer.port != 51830, up[0].offer.at)
    heard('the server hears', Rtp('wan', OTHER, 7000), (ROUTER, 51831), server)
    done(*up)


def kernel_sockets():
    """a socket that the kernel has made, as WireGuard's is"""
    tunnels = [(['ip', 'fou', 'add', 'port', '51840', 'ipproto', '4'], 51840),
               (['ip', 'link', 'add', 'wg9', 'type', 'wireguard'], 51842)]
    for command, port in tunnels:
        with netns('rtr'):
            made = subprocess.run(command, capture_output=True, text=True)
            if made.returncode:
                say(f'{command[1:]}: not here: {made.stderr.strip()}')
                continue
            if 'wg9' in command:
                subprocess.run(['wg', 'set', 'wg9', 'listen-port', str(port)], check=True)
                subprocess.run(['ip', 'link', 'set', 'wg9', 'up'], check=True)
        up = asks(port)
        check(f'{command[3]}: rule B3: another port was published', up[0].offer.port != port, up[0].offer.at)
        done(*up)
    check('asked', True)


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
    with settings(keep_ports='5060'):
        registers('keep_ports')


play(own_sockets, rtcp, kernel_sockets, connected, kept, kept_sip)

# SPDX-License-Identifier: GPL-2.0
"""SECURITY P1 and P2 where routes have a say, and P5, which is about connections: rulehosts.py 4|6."""
from tcp import *

six = sys.argv[1] == '6'
ME, BESIDE, US = (PHONE6, 'fd00:1::3', ROUTER6) if six else (PHONE, PHONE2, ROUTER)
SBC, FAR = (PROVIDER6, OTHER6) if six else (PROVIDER, OTHER)
OWN_INSIDE = 'fd00:1::1' if six else '192.168.1.1'

# whatever the routes say of them
NOWHERE = {
    'loopback': '::1', 'unspecified': '::', 'multicast': 'ff0e::1', 'multicast of the link': 'ff02::1',
    'link-local': 'fe80::2', 'an IPv4 address': '::ffff:192.168.1.3',
} if six else {
    'loopback': '127.0.0.1', 'more loopback': '127.1.2.3', 'unspecified': '0.0.0.0', 'multicast': '239.1.2.3',
    'multicast of the link': '224.0.0.251', 'broadcast': '255.255.255.255', 'the network\'s broadcast': '192.168.1.255',
    'link-local': '169.254.7.7',
}
ROUTERS = {'the router inside': OWN_INSIDE, 'the router outside': US}
OUTSIDE = {'the provider': SBC, 'somebody outside': FAR, 'nobody at all': '2001:db8:77::1' if six else '198.18.7.7'}

_ports = itertools.count(21000, 10)


def offered(phone, provider, addr, contact=None):
    """An INVITE whose description names that address: (its dialog, as the provider saw it)"""
    d = phone.dial(provider.contact, provider.at)
    port = next(_ports)
    kept, phone.contact = phone.contact, contact or phone.contact
    d.request('INVITE', sdp(addr, port))
    phone.contact = kept
    seen = provider.take('INVITE')
    return d, seen, port


def refused(phone, provider, seen):
    provider.reply(seen, 486, tag='r')
    phone.take(486)


def opens_nothing(phone, provider, what, addr):
    """Neither a description nor a contact that names it."""
    d, seen, port = offered(phone, provider, addr)
    equal(f'{what} in a description: opens nothing', [], media_waiting())
    equal(f'{what} in a description: stays as it was written', (addr, port), seen.sdp.at)
    refused(phone, provider, seen)
    d, seen, port = offered(phone, provider, addr, f'sip:alice@{host(addr)}:5070')
    equal(f'{what} in a Contact: opens nothing', [], waiting())
    refused(phone, provider, seen)
    before = stats()
    register(phone, provider, contact=f'sip:alice@{host(addr)}:5070')
    equal(f'{what} registered: opens nothing', ([], 0), (waiting(), moved(before).get('pinholes_opened', 0)))


def agents():
    return Agent('lan', ME), Agent('wan', SBC, user='sbc')


def p1():
    """P1"""
    phone, provider = agents()
    ear, near, far = (Rtp(ns, a, p) for ns, a, p in (('lan', ME, 4000), ('lan', BESIDE, 4000), ('wan', FAR, 6000)))
    for inside, addr, leads_to in ((0, ME, ear), (1, ME, ear), (1, BESIDE, near)):
        with settings(inside_media=inside, second_address='off'):
            d = phone.dial(provider.contact, provider.at)
            d.request('INVITE', sdp(addr, 4000))
            seen = provider.take('INVITE')
            equal(f'inside_media={inside}, {addr}: it is published', US, seen.sdp.addr)
            heard(f'inside_media={inside}, {addr}: and leads there', far, seen.sdp.at, leads_to)
            refused(phone, provider, seen)
            in_router('conntrack', '-F')
    with settings(second_address='off'):    # here it has the link-layer address of the phone
        d, seen, port = offered(phone, provider, BESIDE)
    equal('inside_media=0: the description of a host beside it opens nothing', ([], BESIDE), (media_waiting(), seen.sdp.addr))
    refused(phone, provider, seen)
    with settings(inside_media=1):
        for what, addr in OUTSIDE.items():
            d, seen, port = offered(phone, provider, addr)
            equal(f'inside_media=1: {what} is not inside by the routes', ([], addr), (media_waiting(), seen.sdp.addr))
            refused(phone, provider, seen)


def p2():
    """P2"""
    phone, provider = agents()
    for inside in (0, 1):
        with settings(inside_media=inside):
            d, seen, port = offered(phone, provider, ME)
            equal(f'inside_media={inside}: a host\'s own address opens its ports', [port, port + 1], media_waiting())
            refused(phone, provider, seen)
            for what, addr in (NOWHERE | ROUTERS).items():
                opens_nothing(phone, provider, f'inside_media={inside}: {what}', addr)


def p2_router():
    """P2, the router"""
    own, provider = Agent('rtr', US, 5066, user='router'), Agent('wan', SBC, user='sbc')
    ear, far = Rtp('rtr', US, 4100), Rtp('wan', FAR, 6100)
    d = own.dial(provider.contact, provider.at)
    d.request('INVITE', sdp(US, 4100))
    seen = provider.take('INVITE')
    equal('what it has sent itself opens its ports', [4100, 4101], media_waiting())
    heard('and leads to it', far, (US, 4100), ear)
    refused(own, provider, seen)
    phone = Agent('lan', ME)
    opens_nothing(phone, provider, 'of a phone: the router', US)


def p2_sender():
    """P2, a sender of one link alone"""
    phone, provider = Agent('lan', '169.254.7.2'), Agent('wan', SBC, user='sbc')
    before = stats()
    d = phone.dial(provider.contact, provider.at)
    d.request('INVITE', sdp(phone.addr, 4300))
    seen = provider.take('INVITE')
    equal('comes through NAT', US, seen.source[0])
    equal('and opens nothing', ([], 1), (waiting(), moved(before).get('no_host')))
    refused(phone, provider, seen)
    register(phone, provider)
    equal('nor does its registration', ([], 0), (waiting(), moved(before).get('pinholes_opened', 0)))


def tcp_ports():
    """Published TCP ports that wait for a connection."""
    text = in_router('conntrack', '-L', 'expect', '-f', 'ipv6' if six else 'ipv4')
    return sorted(int(p) for p in re.findall(r'proto=6 .*?dport=(\d+)', text))


def tries(at, seconds=0.5):
    """Whether a stranger can connect."""
    with netns('wan'):
        sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET)
    sip._open.append(sock)
    sock.settimeout(seconds)
    sock.bind((FAR, 0))
    try:
        sock.connect(at)
        return True
    except OSError:
        return False


def p5():
    """P5"""
    for on in (0, 1):
        with settings(tcp_contact=on):
            phone, provider = tcp_pair((ME, 43000 + on), (SBC, SIP_PORT))
            door = listen('lan', ME, 43100)
            own = f'sip:alice@{host(ME)}:43100;transport=tcp'
            what = f'tcp_contact={on}'
            seen, ok, d = register(phone, provider, contact=own)
            port = int(re.search(r':(\d+);', seen.contact.rpartition(host(US))[2]).group(1))
            equal(f'{what}: a registered contact of another port waits', [port] if on else [], tcp_ports())
            equal(f'{what}: a stranger reaches it', bool(on), tries((US, port if on else 43100), 3 if on else 0.5))
            if not on:
                equal(f'{what}: it is published as the connection', phone.seen_as[1], port)
            equal(f'{what}: the phone is told its own', own, ok.contact)
            register(phone, provider, contact=own, dialog=d, expires=0)
            equal(f'{what}: at its end nothing waits', [], tcp_ports())
            phone.contact = own
            c = phone.dial(provider.contact, None)
            c.request('INVITE')
            invite = provider.take('INVITE')
            equal(f'{what}: the contact of a call waits', on, len(tcp_ports()))
            provider.reply(invite, 486, tag='r')
            phone.take(486)
            equal(f'{what}: and not after its end', [], tcp_ports())
            # a connection's own port is the connection's
            phone.contact = f'sip:alice@{host(ME)}:{phone.port};transport=tcp'
            seen, ok, d = register(phone, provider)
            c = provider.dial(seen.contact, None)
            c.request('INVITE')
            phone.reply(phone.take('INVITE'), 486, tag='r')
            provider.take(486)
            register(phone, provider, dialog=d, expires=0)
            phone.close()
            provider.close()


play(p1, p2, p2_router, *([] if six else [p2_sender]), p5)

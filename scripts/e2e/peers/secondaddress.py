# SPDX-License-Identifier: GPL-2.0
"""second_address: a phone whose media is at another address than its signalling: secondaddress.py nat|routed."""
from natscene import *

routed = sys.argv[1] == 'routed'
MEDIA, ELSEWHERE, UNHEARD = 'fd00:1::22', 'fd00:9::22', 'fd00:1::2a'
THIRD, OWN = 'fd00:1::3', 'fd00:1::1'
PROXIED, BEHIND, BEHIND_TOO = 'fd00:1::33', 'fd00:3::5', 'fd00:1::8'


def phone_with(media):
    seen = None if routed else ROUTER6
    return Host('lan', PHONE6, seen, media=Host('lan', media, seen))


PHONE_ = phone_with(MEDIA)
SBC = Host('wan', PROVIDER6, user='sbc', hidden=() if routed else INSIDE)


def entry(addr):
    """What the router's neighbour table says of an address, as words."""
    return next((line.split() for line in run('rtr', 'ip', '-6', 'neigh', 'show', 'dev', 'br0').splitlines()
                 if line.startswith(addr + ' ')), [])


def forget():
    run('rtr', 'ip', '-6', 'neigh', 'flush', 'dev', 'br0')


def found(ns, *addrs):
    """Each talks to the router, which finds by neighbour discovery where it is; as the table says it."""
    for addr in addrs:
        with netns(ns):
            sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        sock.bind((addr, 0))
        # it answers that nobody listens there
        check(f'{addr} is found', eventually(lambda: sock.sendto(b'x', (OWN, 4999)) and 'lladdr' in entry(addr)), entry(addr))
        sock.close()
    return [entry(a)[entry(a).index('lladdr') + 1] for a in addrs]


def at_home():
    found('lan', PHONE6, MEDIA, ELSEWHERE)
    found('lan2', THIRD)


def offered(phone, provider, addr, port):
    """A call whose description names that address, as the provider saw it; it is refused."""
    d = phone.dial(provider.contact, provider.at)
    d.request('INVITE', sdp(addr, port))
    invite = provider.take('INVITE')
    open_ = media_waits('rtr')
    provider.reply(invite, 486, tag='r')
    d.ack(response=phone.take(486))
    provider.take('ACK')
    return invite.sdp, open_


def stays(what, addr, port=4000, counter='foreign_media'):
    """Opens nothing, and is as it was written; of a low port the number."""
    before = stats()
    phone, provider = pair(PHONE_, Host('wan', PROVIDER6, user='sbc'))
    seen, open_ = offered(phone, provider, addr, port)
    equal(f'{what} stays as it is', (addr if port > 1023 else seen.addr, port), seen.at)
    equal(f'{what} opens nothing', [], open_)
    equal(f'{what} is counted', 1, moved(before).get(counter))
    phone.sock.close()
    provider.sock.close()


def opens(what, addr, ns='lan'):
    """Is published, and media comes to it and from it."""
    phone, provider = pair(phone_with(addr), Host('wan', PROVIDER6, user='sbc'))
    m, n = Media(Host(ns, addr, ROUTER6, user=what)), Media(SBC)
    call = connect(phone, provider, m.sdp, n.sdp)
    equal(f'{what} is published', addr if routed else ROUTER6, call.offer.addr)
    equal('o= too', addr if routed else ROUTER6, call.offer.origin)
    talk(m, call.offer, n, call.answer, first=1)
    bye(call.caller, provider)
    for end in (phone, provider, *m.socks, *n.socks):
        end.sock.close()


def whole(proto):
    """Registration, calls out and in, either side speaks first."""
    found('lan', PHONE6, MEDIA)
    visit(PHONE_, SBC, proto=proto)


def same_station():
    """second_address=neighbour"""
    forget()
    macs = found('lan', PHONE6, MEDIA, ELSEWHERE)
    equal('three addresses, one station', 1, len(set(macs)))
    opens('another address of the phone', MEDIA)
    opens('one of another prefix', ELSEWHERE)


def third_host():
    """second_address=neighbour, another host's address"""
    forget()
    at_home()
    check('it is another station', entry(THIRD)[2] != entry(PHONE6)[2], entry(THIRD), entry(PHONE6))
    ear, far = Rtp('lan2', THIRD, 4000), Rtp('wan', OTHER6, 6000)
    phone, provider = pair(PHONE_, Host('wan', PROVIDER6, user='sbc'))
    d = phone.dial(provider.contact, provider.at)
    d.request('INVITE', sdp(THIRD, 4000))
    invite = provider.take('INVITE')
    equal('stays as it is', (THIRD, 4000), invite.sdp.at)
    equal('nothing waits', [], media_waits('rtr'))
    unheard('nobody outside reaches it', far, (THIRD if routed else ROUTER6, 4000), ear)
    provider.reply(invite, 486, tag='r')
    d.ack(response=phone.take(486))
    provider.take('ACK')


def no_second():
    """second_address=neighbour, what is no address of the phone"""
    forget()
    at_home()
    stays('the router\'s own address', OWN)
    stays('the one outside', ROUTER6)
    stays('a multicast address', 'ff02::1')
    stays('loopback', '::1')
    stays('a link-local address', 'fe80::2')
    stays('somebody outside', OTHER6)
    stays('an address that nobody has heard of', UNHEARD)
    found('lan', UNHEARD)
    opens('and the same when it was heard of', UNHEARD)
    stays('a low port', MEDIA, 1023, 'low_port')


def behind_a_router():
    """second_address=neighbour, what a router is between"""
    forget()
    at_home()
    mac = entry(PHONE6)[2]
    # as if somebody had made the router believe that they were on the link
    for addr in (BEHIND, BEHIND_TOO):
        run('rtr', 'ip', 'neigh', 'replace', addr, 'lladdr', mac, 'dev', 'br0', 'nud', 'reachable')
        equal(f'{addr} has the phone\'s link-layer address', mac, entry(addr)[2])
        stays(f'{addr} behind a router', addr)
        run('rtr', 'ip', 'neigh', 'del', addr, 'dev', 'br0')


def answered_for():
    """second_address=neighbour, a router that answers for another host"""
    forget()
    run('lan', 'sysctl', '-q', 'net.ipv6.conf.all.forwarding=1', 'net.ipv6.conf.l0.proxy_ndp=1')
    run('lan', 'ip', '-6', 'neigh', 'add', 'proxy', PROXIED, 'dev', 'l0')
    try:
        found('lan', PHONE6)
        with netns('rtr'):
            asker = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        check('it is found', eventually(lambda: asker.sendto(b'x', (PROXIED, 9)) and 'lladdr' in entry(PROXIED)), entry(PROXIED))
        asker.close()
        equal('at the phone\'s link-layer address', entry(PHONE6)[2], entry(PROXIED)[2])
        stays('the address that it answers for', PROXIED)
    finally:
        run('lan', 'ip', '-6', 'neigh', 'del', 'proxy', PROXIED, 'dev', 'l0')
        run('lan', 'sysctl', '-q', 'net.ipv6.conf.all.forwarding=0', 'net.ipv6.conf.l0.proxy_ndp=0')
        run('lan', 'ip', '-6', 'route', 'replace', 'default', 'via', OWN)
        forget()


def off():
    """second_address=off"""
    at_home()
    with settings(second_address='off'):
        stays('the phone\'s second address', MEDIA)


def prefix():
    """second_address=prefix"""
    forget()
    found('lan', PHONE6)
    with settings(second_address='prefix'):
        opens('another address of the phone, not yet heard of', MEDIA)
        opens('another host of the link', THIRD, 'lan2')
        found('lan', ELSEWHERE)
        stays('an address of the phone in another prefix', ELSEWHERE)
        stays('the router\'s own address', OWN)
        stays('one of the prefix that is behind a router', BEHIND_TOO)
        stays('a low port', MEDIA, 1023, 'low_port')


def charged():
    """pinholes of a second address are the sender's"""
    at_home()
    with settings(pinholes_max=16):
        phone, provider = pair(PHONE_, Host('wan', PROVIDER6, user='sbc'))
        before, up = stats(), []
        for i, addr in enumerate([MEDIA, PHONE6, ELSEWHERE] * 2):
            d = phone.dial(provider.contact, provider.at)
            d.request('INVITE', sdp(addr, 4000 + 2 * i))
            up.append((d, provider.take('INVITE')))
        equal('six calls have theirs', 12, len(media_waits('rtr')))
        for addr in (PHONE6, MEDIA):
            d = phone.dial(provider.contact, provider.at)
            d.request('INVITE', sdp(addr, 4100))
            up.append((d, provider.take('INVITE')))
        equal('whichever address the next ones name', 2, moved(before).get('pinholes_quota'))
        equal('there is nothing for them', 12, len(media_waits('rtr')))
        for d, invite in up:
            provider.reply(invite, 486, tag='r')
            d.ack(response=phone.take(486))
            provider.take('ACK')


foreign = {'allowed': ['foreign_media']}
play(*both('a phone with two addresses', whole), of('of the station', same_station), of('another host', third_host, **foreign),
     of('nobody\'s', no_second, **foreign), of('behind a router', behind_a_router, **foreign),
     of('answered for', answered_for, **foreign), of('off', off, **foreign), of('prefix', prefix, **foreign),
     *([] if routed else [of('quota', charged)]))

# SPDX-License-Identifier: GPL-2.0
"""NAT slipstreaming: what pages and their servers send to make a gateway open ports, slip.py [control].

A browser in the lan talks to an attacker's server at the port of the helper.  Whatever the two send each other
arrives byte for byte, and nothing is open afterwards: no expectation, no call, no binding.  Some attacks are SIP
from the first byte (an app, not a page); these may be translated and listed as a call, but open nothing either.
control: the first attack alone, against a helper that falls for it.
"""
import sys
from lines import *

VICTIM, THIRD = PHONE, PHONE2
ATTACKS = []


def same(data):
    return Words(data, data)


# --- what they send ---------------------------------------------------------------


def headers(start, cseq, port=40001, via=VICTIM, transport='TCP', contact=VICTIM, more=(), body='', length=None, call='slip'):
    method = cseq.split()[-1]
    lines_ = [start, f'Via: SIP/2.0/{transport} {via}:{port};branch=z9hG4bK{call}', 'Max-Forwards: 70',
              f'From: <sip:x@example.com>;tag={call}', 'To: <sip:x@example.com>', f'Call-ID: {call}@test', f'CSeq: {cseq}',
              f'Contact: <sip:x@{contact}:{port};transport={transport.lower()}>', *more]
    if method == 'REGISTER':
        lines_.append('Expires: 3600')
    if body:
        lines_.append('Content-Type: application/sdp')
    for n in [len(body)] if length is None else length:
        lines_.append(f'Content-Length: {n}')
    return ('\r\n'.join(lines_) + '\r\n\r\n' + body).encode()


def a_register(**how):
    return headers('REGISTER sip:example.com SIP/2.0', '1 REGISTER', **how)


def an_invite(media=3389, addr=VICTIM, **how):
    return headers('INVITE sip:x@example.com SIP/2.0', '1 INVITE', body=sdp(addr, media), **how)


def the_200(request, addr=ROUTER, body=''):
    """The attacker's 200 OK to a message, as if he had seen it translated."""
    m = Message(b'x' + request if request.startswith(b'SIP/') else request)
    h = [(n, m[n.lower()].replace(VICTIM, addr)) for n in ('Via', 'From', 'To', 'Call-ID', 'CSeq')]
    h[2] = 'To', m['to'] + ';tag=a'
    contact = m['contact'].replace(VICTIM, addr)
    return message('SIP/2.0 200 OK', h + [('Contact', contact + ';expires=3600')], body)


POST = b'POST / HTTP/1.1\r\nHost: attacker.example:5060\r\nContent-Type: text/plain\r\nContent-Length: 20000\r\n\r\n'
HTTP_OK = b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'


# --- how it is tried -----------------------------------------------------------------


def attack(name, **how):
    """A script of a line; all that it queues must arrive as it was sent, or with ends=True be answered by a reset."""
    def add(script):
        ATTACKS.append((name, script, how))
        return script
    return add


def table(name):
    """A list of ours, without the lines of calls that have ended; empty where another helper is at work."""
    try:
        with netns('rtr'), open('/proc/net/sipalg/' + name) as f:
            return [line for line in list(f)[1:] if ' ended ' not in line]
    except FileNotFoundError:
        return []


def open_now():
    """What must not be: expectations, contacts of bindings, numbers of calls."""
    text = in_router('conntrack', '-L', 'expect') + in_router('conntrack', '-L', 'expect', '-f', 'ipv6')
    return [x for x in text.splitlines() if 'proto=' in x], [x.split()[2] for x in table('bindings')], \
        [x.split()[0] for x in table('calls')]


def end_calls():
    for n in open_now()[2]:
        order(f'end {n}')


def tried(name, script, mss=None, sip=False, to=SIP_PORT, ends=False):
    line = Line(VICTIM, to=to, mss=mss)
    try:
        run((line, script(line)), seconds=30)
        fault = None
    except (Missing, OSError) as e:
        fault = e
    expectations, bindings, known = open_now()
    if ends:
        check(f'{name}: the connection ends for its sender', isinstance(fault, ConnectionResetError), fault)
    else:
        check(f'{name}: every byte arrives as it was sent', not fault, fault)
    equal(f'{name}: no expectation', [], expectations)
    equal(f'{name}: no binding', [], bindings)
    if not sip:
        equal(f'{name}: no call', [], known)
    end_calls()
    line.close()


def at_edge(line, text, answer=None):
    """A form of which some segment begins with the text, and the server's answer to that."""
    yield from line.say('inside', same(POST))
    yield from line.say('inside', same(text))
    yield from line.say('outside', same(answer if answer else the_200(text, body=sdp(PROVIDER, 6000))))
    yield from line.say('inside', same(text))
    yield from line.say('outside', same(HTTP_OK))


# --- a page's form ---------------------------------------------------------------------


@attack('POST, a segment begins with REGISTER')
def _(line):
    yield from at_edge(line, a_register(contact=VICTIM, port=line.real[1]))


@attack('POST, REGISTER to port 3389')
def _(line):
    yield from at_edge(line, a_register(port=3389))


@attack('POST, a segment begins with INVITE')
def _(line):
    yield from at_edge(line, an_invite(port=line.real[1]))


@attack('POST, INVITE, the server answers 183')
def _(line):
    text = an_invite(port=line.real[1])
    yield from at_edge(line, text, the_200(text, body=sdp(PROVIDER, 6000)).replace(b'200 OK', b'183 Pr'))


def every_edge(text):
    def script(line):
        mss = line.inside.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
        form = bytearray(POST.ljust(mss, b'x'))
        for _ in range(12):     # written at once: the kernel cuts it where the server's MSS says
            form += text.ljust((len(text) + mss - 1) // mss * mss, b'y')
        yield from line.say('inside', same(bytes(form)))
        yield from line.say('outside', same(the_200(text, body=sdp(PROVIDER, 6000))))
    return script


for _mss in (536, 700, 1000, 1300, 1460):
    for _name, _text in (('REGISTER', a_register()), ('INVITE', an_invite())):
        attack(f'POST, {_name} at every segment edge, the server\'s MSS is {_mss}', mss=_mss)(every_edge(_text))


@attack('POST, the text slides over a segment edge byte by byte', mss=536)
def _(line):
    text = a_register(port=line.real[1])
    mss = line.inside.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG)
    yield from line.say('inside', same(POST))
    for shift in range(-4, 5):
        yield from line.say('inside', same(b'x' * (mss + shift) + text))


@attack('a multipart form')
def _(line):
    part = b'-----------------------------1234\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    yield from line.say('inside', same(POST.replace(b'text/plain', b'multipart/form-data; boundary=---1234') + part))
    for text in (a_register(), an_invite(), b'\r\n' + a_register()):
        yield from line.say('inside', same(text))
        yield from line.say('inside', same(part))
    yield from line.say('outside', same(the_200(a_register())))


@attack('POST behind blank lines')
def _(line):
    yield from line.say('inside', same(b'\r\n\r\n'))
    yield from at_edge(line, a_register())


@attack('POST, the first byte alone')
def _(line):
    yield from line.say('inside', same(POST), [1, 2, 3])
    yield from line.say('inside', same(a_register()))
    yield from line.say('outside', same(the_200(a_register())))


# --- requests whose first word is the page's to choose ---------------------------------------


def own_method(start):
    def script(line):
        text = start.encode() + b'\r\n' + a_register(port=line.real[1]).partition(b'\r\n')[2]
        yield from line.say('inside', same(text), [8])
        yield from line.say('inside', same(an_invite(port=line.real[1])))
        yield from line.say('outside', same(the_200(text)))
        yield from line.say('inside', same(a_register(port=line.real[1])))
    return script


for _start in ('REGISTER /x HTTP/1.1', 'REGISTER sip:x HTTP/1.1', 'INVITE /sip:x@y SIP/2.0', 'REGISTER * SIP/2.0',
               'OPTIONS * HTTP/1.1', 'OPTIONS /x HTTP/1.1', 'REGISTER  sip:x@y SIP/2.0', 'REGISTER sip:x@y SIP/2.0 HTTP/1.1',
               'REGISTER sip:x@y SIP/2.00', 'SIP/2.0 2000 OK'):
    attack(f'a request line "{_start}"')(own_method(_start))


# --- other protocols' first bytes -----------------------------------------------------------


def preamble(first, answer=b''):
    def script(line):
        yield from line.say('inside', same(first))
        if answer:
            yield from line.say('outside', same(answer))
        for text in (a_register(port=line.real[1]), an_invite(port=line.real[1])):
            yield from line.say('inside', same(text))
            yield from line.say('outside', same(the_200(text, body=sdp(PROVIDER, 6000))))
    return script


STUN = bytes.fromhex('000101002112a442') + bytes(12) + bytes.fromhex('000600f8') + b'u' * 248
attack('TLS: the text in a session ticket')(preamble(bytes.fromhex('1603010200010001fc0303') + bytes(512), bytes.fromhex('160303')))
attack('HTTP/2: the text behind the preface')(preamble(b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + bytes(9)))
attack('TURN over TCP: the text in a user name')(preamble(STUN, STUN[:20]))
attack('TURN over TCP: channel data')(preamble(bytes.fromhex('40000400')))
attack('RTP over TCP, framed')(preamble(bytes.fromhex('00ac8000')))
attack('zeros before the text')(preamble(bytes(64)))
attack('one zero before the text')(preamble(b'\0'))
attack('a blank before the text')(preamble(b' '))
attack('a bare LF before the text')(preamble(b'\n'))
attack('a WebSocket')(preamble(b'GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n', b'HTTP/1.1 101 Switching Protocols\r\n\r\n'))


@attack('a flood of blank lines, then POST')
def _(line):
    yield from line.say('inside', same(b'\r\n' * 40000))
    yield from at_edge(line, a_register())


@attack('a server that speaks first')
def _(line):
    yield from line.say('outside', same(b'220 attacker.example ESMTP\r\n'))
    yield from line.say('inside', same(a_register(port=line.real[1])))
    yield from line.say('outside', same(the_200(a_register(port=line.real[1]))))
    yield from line.say('inside', same(an_invite(port=line.real[1])))


# --- the server's side ------------------------------------------------------------------------


@attack('a 200 OK that nobody asked for')
def _(line):
    yield from line.say('inside', same(POST))
    yield from line.say('outside', same(the_200(a_register(port=line.real[1]))))
    yield from line.say('outside', same(the_200(an_invite(port=line.real[1]), body=sdp(VICTIM, 3389))))


@attack('the server sends an INVITE to a page')
def _(line):
    yield from line.say('inside', same(POST))
    yield from line.say('outside', same(an_invite(via=PROVIDER, contact=PROVIDER)))
    yield from line.say('inside', same(the_200(an_invite(via=PROVIDER, contact=PROVIDER), body=sdp(VICTIM, 3389))))


@attack('the server sends an INVITE first, a page answers HTTP', sip=True)
def _(line):
    yield from line.say('outside', same(an_invite(via=PROVIDER, contact=PROVIDER, addr=VICTIM)))
    yield from line.say('inside', same(POST))
    yield from line.say('inside', same(the_200(an_invite(via=PROVIDER, contact=PROVIDER), body=sdp(VICTIM, 3389))))


# --- in the middle of a stream -----------------------------------------------------------------


def picked_up(text, first=POST):
    """SECURITY S7: what is translated, and forgotten, goes no further."""
    def script(line):
        yield from line.say('inside', same(first))
        yield from line.say('outside', same(HTTP_OK))
        in_router('conntrack', '-F')
        yield from line.say('inside', same(text))
    return script


attack('REGISTER after conntrack -F', ends=True)(picked_up(a_register()))
attack('INVITE after conntrack -F', ends=True)(picked_up(an_invite()))


@attack('INVITE after the connection was forgotten by its server\'s segment', ends=True)
def _(line):
    yield from line.say('inside', same(POST))
    in_router('conntrack', '-D', '-p', 'tcp')
    yield from line.say('inside', same(b'x'))


# --- SIP from the first byte on -----------------------------------------------------------------


class Free(Line):
    """A line whose streams are not compared: they may be translated, but must go on."""

    def settled(self):
        for end in self.ends():
            if end.want and end.got:
                end.bytes += len(end.got)
                del end.got[:], end.want[:]
        return not any(e.out or e.want for e in self.ends())


def true_sip(name, *messages, **how):
    """Messages on a connection that begins as SIP, each answered with a 200."""
    ATTACKS.append((name, messages, {'free': True, **how}))


def tried_free(name, messages, answer=True, calls_too=False, bindings_too=False, **_):
    line = Free(VICTIM)
    port = line.real[1]

    def script():
        for make in messages:
            data = make(port)
            yield from line.say('inside', same(data))
            if answer and b'ACK ' not in data[:4]:
                head = data[:data.index(b'\r\n\r\n') + 4]
                yield from line.say('outside', same(the_200(head, body='' if b'REGISTER' in head else sdp(PROVIDER, 6000))))
            time.sleep(0.02)
    try:
        run((line, script()), seconds=20)
        fault = None
    except (Missing, OSError) as e:
        fault = e
    expectations, bindings, known = open_now()
    check(f'{name}: the connection goes on', not fault, fault)
    equal(f'{name}: no expectation', [], expectations)
    if not bindings_too:
        equal(f'{name}: no binding', [], bindings)
    if not calls_too:
        equal(f'{name}: no call', [], known)
    end_calls()
    line.close()


def lengths(*values):
    """A message whose body, if its length were believed, is another message."""
    return lambda port: headers('OPTIONS sip:x@example.com SIP/2.0', '1 OPTIONS', port=port, length=values) + \
        an_invite(port=port, call='inner')


true_sip('Content-Length 2**32', lengths(2**32), answer=False)
true_sip('Content-Length 2**32 + 5', lengths(2**32 + 5), answer=False)
true_sip('Content-Length -1', lengths(-1), answer=False)
true_sip('Content-Length twice, 0 and 700', lengths(0, 700), answer=False)
true_sip('Content-Length over 65535', lengths(65536), answer=False)
true_sip('Content-Length missing', lengths(), answer=False)
true_sip('Content-Length "0 0"', lengths('0 0'), answer=False)
true_sip('an INVITE within a body', lambda port: headers('MESSAGE sip:x@example.com SIP/2.0', '1 MESSAGE', port=port,
                                                         length=[len(an_invite())]) + an_invite(), answer=False)
true_sip('a Via of another host', lambda port: an_invite(port=port, via=THIRD), calls_too=True)
true_sip('a Via of another host, REGISTER', lambda port: a_register(port=port, via=THIRD))
true_sip('a Via of UDP', lambda port: an_invite(port=port).replace(b'SIP/2.0/TCP', b'SIP/2.0/UDP'), calls_too=True)
true_sip('a Via of UDP, REGISTER', lambda port: a_register(port=port).replace(b'SIP/2.0/TCP', b'SIP/2.0/UDP'))
true_sip('a third host in c=', lambda port: an_invite(port=port, addr=THIRD), calls_too=True)
true_sip('a third host in Contact', lambda port: a_register(port=port, contact=THIRD))
true_sip('the router in c=', lambda port: an_invite(port=port, addr='192.168.1.1'), calls_too=True)
true_sip('the router in Contact', lambda port: a_register(port=port, contact='192.168.1.1'))
for _port in (22, 445, 0, 65536 + 3389, 65536 + 22):
    true_sip(f'media at port {_port}', lambda port, p=_port: an_invite(port=port, media=p), calls_too=True)
for _port in (22, 445, 3389, 65536 + 3389):     # one's own port may be registered, but nobody gets in there
    true_sip(f'a Contact at port {_port}', lambda port, p=_port: a_register(port=port).replace(
        f'Contact: <sip:x@{VICTIM}:{port}'.encode(), f'Contact: <sip:x@{VICTIM}:{p}'.encode()), bindings_too=_port == 3389)
true_sip('media over TCP', lambda port: an_invite(port=port).replace(b'RTP/AVP 0', b'TCP/MSRP *').replace(
    b'a=rtpmap:0 PCMU/8000', b'a=setup:passive...xx'), calls_too=True)
true_sip('a scheme that is none of SIP\'s, REGISTER', lambda port: a_register(port=port).replace(b'REGISTER sip:', b'REGISTER http:'))
true_sip('a scheme that is none of SIP\'s', lambda port: an_invite(port=port).replace(b'INVITE sip:', b'INVITE abc:'), calls_too=True)


def forms():
    """streams"""
    for name, script, how in ATTACKS:
        in_router('conntrack', '-F')
        if how.get('free'):
            with settings(register_min=1, register_max=1):
                tried_free(name, script, **how)
                if how.get('bindings_too'):
                    check(f'{name}: the binding goes', eventually(lambda: not open_now()[1]), open_now())
        else:
            tried(name, script, **how)
    print(f'# {len(ATTACKS)} attacks over TCP')


# --- UDP ---------------------------------------------------------------------------------------


def datagrams():
    """datagrams"""
    browser, server = Socket('lan', VICTIM, 40001), Socket('wan', PROVIDER, SIP_PORT)

    def through(name, *data):
        in_router('conntrack', '-F')
        before = open_now()
        for d in data:
            browser.send(d, (PROVIDER, SIP_PORT))
            got, source = server.recv()
            check(f'{name}: arrives byte for byte', got == d, repr(got)[:300])
            if source:
                server.send(the_200(a_register(transport='UDP')), source)
                browser.recv()
        equal(f'{name}: nothing is open', before, open_now())

    for edge, size in ((1472, 3000), (2952, 4400)):     # of the second fragment, of the third
        for what, text in (('REGISTER', a_register(transport='UDP')), ('INVITE', an_invite(transport='UDP'))):
            user = STUN[:20] + struct.pack('!HH', 6, size - 24) + b'u' * (edge - 24) + text
            through(f'TURN over UDP, a fragment begins with {what} at {edge}', user.ljust(size, b'x'))
    through('STUN, then text in the same datagram', STUN[:20] + a_register(transport='UDP'))
    through('zeros, then text', bytes(20) + an_invite(transport='UDP'))
    through('REGISTER /x HTTP/1.1', a_register(transport='UDP').replace(b'REGISTER sip:example.com SIP/2.0', b'REGISTER /x HTTP/1.1'))


def by_a_stranger():
    """Expires: 0 by a stranger"""
    phone, registrar = tcp_pair((PHONE, 41000))
    seen, _, d = register(phone, registrar)
    before = [x.split()[2:4] for x in table('bindings')]
    check('the phone is registered', len(before) == 1, before)
    for contact in (f'<{phone.contact}>', f'<{seen.contact}>', '*'):
        page, server = tcp_pair((THIRD, next(_strangers)), users=('alice', 'evil'))
        text = message('REGISTER sip:example.com SIP/2.0', [
            ('Via', page.via()), ('From', d.local_header), ('To', d.remote_header), ('Call-ID', d.call_id),
            ('CSeq', f'{d.cseq + 5} REGISTER'), ('Contact', contact), ('Expires', '0')])
        page.send(text)
        asked = server.take('REGISTER')
        server.reply(asked, 200, tag='g', contact=False)
        page.take(200)
        equal(f'Contact {contact} by another host: the binding stays', before, [x.split()[2:4] for x in table('bindings')])
    register(phone, registrar, expires=0, dialog=d)


_strangers = itertools.count(42000)


def control():
    """the classic one"""
    line = Line(VICTIM)
    text = a_register(port=line.real[1])

    def script():
        yield from line.say('inside', same(POST))
        line.inside.out.append(text)
        yield lambda: len(line.outside.got) >= len(text) - 20
        del line.outside.got[:]
    try:
        run((line, script()), seconds=20)
    except Missing as e:
        say(str(e))
    check('this helper opens a port for it', bool(open_now()[0]), open_now())
    line.close()


if 'control' in sys.argv:
    play(control)
else:
    play(forms, datagrams, by_a_stranger)

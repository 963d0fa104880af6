# SPDX-License-Identifier: GPL-2.0
# Detectors of SIP ALGs, over UDP and TCP, IPv4 and IPv6: with rewrite=0 they see nothing, with rewrite=1 they do.
# tags: 6.12
# topo: masquerade ip6
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port
"""The popular "is there a SIP ALG" detectors: a request from inside, and a server that returns in a body what it got.

Both ways are compared: the request as it was sent with the one in the answer's body, and the answer as
the server sent it with the one that came.
"""
import base64
import socket

from sip import PHONE, PHONE6, PROVIDER, PROVIDER6, SIP_PORT, Missing, check, equal, host, is6, netns, play, sdp, setting, stats, moved
import sip

CRLF = '\r\n'


def listen(addr, kind):
    with netns('wan'):
        s = socket.socket(socket.AF_INET6 if is6(addr) else socket.AF_INET, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((addr, SIP_PORT))
    if kind == socket.SOCK_STREAM:
        s.listen()
    s.settimeout(sip.WAIT)
    sip._open.append(s)
    return s


def dial(addr, port, to, kind):
    with netns('lan'):
        s = socket.socket(socket.AF_INET6 if is6(addr) else socket.AF_INET, kind)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((addr, port))
    s.settimeout(sip.WAIT)
    s.connect((to, SIP_PORT))
    sip._open.append(s)
    return s


def whole(sock):
    """One message of a stream."""
    data = b''
    while b'\r\n\r\n' not in data:
        data += more(sock)
    head, _, _ = data.partition(b'\r\n\r\n')
    size = next(int(line.partition(b':')[2]) for line in head.split(b'\r\n')
                if line.partition(b':')[0].strip().lower() in (b'content-length', b'l'))
    while len(data) < len(head) + 4 + size:
        data += more(sock)
    return data


def more(sock):
    data = sock.recv(65536)
    if not data:
        raise Missing('the connection ended')
    return data


class Pair:
    """The client and the server of one detection."""

    def __init__(self, transport, addr, to, port):
        self.kind = socket.SOCK_STREAM if transport == 'TCP' else socket.SOCK_DGRAM
        self.transport, self.addr, self.to = transport, addr, to
        self.server = listen(to, self.kind)
        self.client = dial(addr, port, to, self.kind)
        self.port = self.client.getsockname()[1]
        self.peer = self.server.accept()[0] if transport == 'TCP' else self.server
        sip._open.append(self.peer)
        self.peer.settimeout(sip.WAIT)

    def ask(self, request):
        """(what the server got, what it answered, what came of that)"""
        if self.transport == 'TCP':
            self.client.sendall(request)
            got = whole(self.peer)
        else:
            self.client.send(request)
            got, source = self.peer.recvfrom(65535)
        answer = self.answer(got)
        if self.transport == 'TCP':
            self.peer.sendall(answer)
            return got, answer, whole(self.client)
        self.peer.sendto(answer, source)
        return got, answer, self.client.recv(65535)

    @staticmethod
    def answer(got):
        """Mirrors its headers; the whole request is the body, in base64."""
        m = sip.Message(got)
        body = base64.b64encode(got)
        head = ['SIP/2.0 200 OK'] + [f'Via: {v}' for v in m.all('via')]
        head += [f'From: {m["from"]}', f'To: {m["to"]};tag=d', f'Call-ID: {m["call-id"]}', f'CSeq: {m["cseq"]}',
                 f'Contact: {m["contact"]}', 'Content-Type: text/plain', f'Content-Length: {len(body)}']
        return (CRLF.join(head) + CRLF * 2).encode() + body

    def forms(self):
        """name -> a request as detectors and phones write them"""
        me, to, port = host(self.addr), host(self.to), self.port
        via = f'SIP/2.0/{self.transport} {me}:{port};rport;branch='
        offer = sdp(self.addr, 40000)

        def text(method, n, names=None, body='', fold=''):
            names = names or ('Via', 'From', 'To', 'Call-ID', 'Contact', 'Content-Length', 'Content-Type')
            v, f, t, i, m, length, c = names
            head = [f'{method} sip:detect@{to} SIP/2.0', f'{v}:{fold} {via}z9hG4bK-d{n}', 'Max-Forwards: 70',
                    f'{f}: "Detect, me" <sip:detect@{me}>;tag={n}', f'{t}: <sip:detect@{to}>', f'{i}: d{n}-{self.transport}-{port}@{me}',
                    f'CSeq: {n} {method}', f'{m}:{fold} <sip:detect@{me}:{port};transport={self.transport.lower()}>',
                    'User-Agent: detector', 'Allow: INVITE, ACK, BYE'] + \
                ([f'{c}: application/sdp'] if body else []) + [f'{length}: {len(body)}']
            return (CRLF.join(head) + CRLF * 2 + body).encode()

        short = ('v', 'f', 't', 'i', 'm', 'l', 'c')
        return {
            'OPTIONS': text('OPTIONS', 1),
            'REGISTER': text('REGISTER', 2),
            'INVITE with an offer': text('INVITE', 3, body=offer),
            'INVITE in compact form': text('INVITE', 4, short, offer),
            'INVITE in capitals': text('INVITE', 5, ('VIA', 'FROM', 'TO', 'CALL-ID', 'CONTACT', 'CONTENT-LENGTH', 'CONTENT-TYPE'), offer),
            'INVITE, folded': text('INVITE', 6, body=offer, fold=CRLF + '\t'),
            'SUBSCRIBE': text('SUBSCRIBE', 7),
            'a method of tomorrow': text('DETECT', 8),
        }


def detect(transport, addr, to, port, rewrite):
    setting('rewrite', rewrite)
    pair = Pair(transport, addr, to, port)
    what = f'{transport}, port {port or "any"}, IPv{6 if is6(addr) else 4}'
    for name, request in pair.forms().items():
        got, answer, came = pair.ask(request)
        told = base64.b64decode(came.partition(b'\r\n\r\n')[2])
        if rewrite:
            check(f'{what}: {name} is seen to be changed', told == got != request, request, told)
        else:
            equal(f'{what}: {name} comes as it was sent', request, told)
            equal(f'{what}: and its answer', answer, came)
    for s in reversed(sip._open):      # the server closes first: its port may be used again
        s.close()
    sip._open.clear()


ways = [(t, a, to, port) for a, to in ((PHONE, PROVIDER), (PHONE6, PROVIDER6)) for t in ('UDP', 'TCP') for port in (SIP_PORT, 0)]


def nothing():
    """rewrite=0"""
    before = stats()
    for way in ways:
        detect(*way, 0)
    seen = moved(before)
    check('they were read', seen.get('messages', 0) >= 2 * 8 * len(ways), seen)
    check('and none was translated', 'translated' not in seen, seen)


def something():
    """rewrite=1"""
    for way in ways:
        detect(*way, 1)


play(nothing, something)

# SPDX-License-Identifier: GPL-2.0
"""corpus_rules.py - what a published message must be on the other side of the router, byte for byte.

Written from the table of positions, in other words than the module's: the message becomes a regular
expression, in which the only freedom is the number of a port that the router had to choose.
"""
import functools
import ipaddress
import re
from corpus_sets import header_lines, split

HOPS = ('record-route', 'path', 'service-route', 'refer-to', 'referred-by', 'reply-to')
URI = re.compile(r'(?i)\b(sips?):((?:[^@<>"\s,]*@)?)(\[[^]\s]*\]|[a-z\d][a-z\d.-]*)((?::\d+)?)([^<>"\s,]*)')
VIA = re.compile(r'(?is)^(\s*SIP\s*/\s*[\d.]+\s*/\s*(\w+)\s+)(\[[^]\s]*\]|[^\s:;,]+)((?:\s*:\s*\d+)?)(.*)$')
ANY_PORT = r'\d{1,5}'


@functools.lru_cache(10000)
def same(host, addr):
    """Whether a host is that address, in whichever spelling."""
    try:
        return ipaddress.ip_address(host.strip('[]')) == ipaddress.ip_address(addr)
    except ValueError:
        return False


def written(addr):
    return re.escape(f'[{addr}]' if ':' in addr else addr)


class Way:
    """What becomes of a host:port.

    out: real is the sender, mapped what the other side sees.
    in: real is what the sender sees of the receiver, mapped what that is: only with its port is it his.
    """

    def __init__(self, is_out, real, mapped, tcp=False):
        self.is_out, self.real, self.mapped, self.tcp = is_out, real, mapped, tcp
        self.is_nat = real != mapped

    def port(self, text, default):
        """The pattern of the port that is written, for the address's own."""
        port = int(text.strip(' \t\r\n:') or default)
        if port == self.real[1]:
            head = re.escape(text.rstrip('0123456789')) if text else ':'
            return re.escape(text) if self.mapped[1] == port else head + str(self.mapped[1])
        return None

    def uri(self, m, is_contact=False):
        scheme, user, host, port, rest = m.groups()
        default = 5061 if scheme.lower() == 'sips' else 5060
        new = self.port(port, default)
        maddr = re.search(r'(?i)(;maddr=)([^;?]+)', rest)
        own, own_maddr = same(host, self.real[0]), bool(maddr) and same(maddr.group(2), self.real[0])
        tail = re.escape(rest)
        if not self.is_nat or not (own or own_maddr) or (not self.is_out and new is None):
            return re.escape(m.group())
        if own_maddr:
            to = f'[{self.mapped[0]}]' if maddr.group(2)[0] == '[' else self.mapped[0]
            tail = re.escape(rest[:maddr.start(2)] + to + rest[maddr.end(2):])
        if not own:
            return re.escape(f'{scheme}:{user}{host}{port}') + tail
        if new is None:     # a port of its own: over TCP the connection's, else what was opened for it
            new = f':{self.mapped[1]}' if self.tcp and is_contact else f'(?:{re.escape(port)}|:{ANY_PORT})'
        return re.escape(f'{scheme}:{user}') + written(self.mapped[0]) + new + tail

    def uris(self, text, is_contact=False):
        """All URIs in a header's value; what is quoted is no URI."""
        out = ''
        for part in re.split(r'("(?:[^"\\]|\\.)*")', text):
            at = 0
            for m in URI.finditer(part if not part.startswith('"') else ''):
                out += re.escape(part[at:m.start()]) + self.uri(m, is_contact)
                at = m.end()
            out += re.escape(part[at:])
        return out

    def via(self, text):
        """The first value of the first Via."""
        m = VIA.match(text)
        if not self.is_nat or not m:
            return re.escape(text)
        head, _, host, port, rest = m.groups()
        first, comma, lower = rest.partition(',')
        own = same(host, self.real[0])
        pattern = re.escape(head)
        if not own:
            pattern += re.escape(host + port)
        elif self.is_out:
            new = self.port(port, 5060)
            if new is None:
                new = rf'\s*:\s*{ANY_PORT}' if port else f'(?::{ANY_PORT})?'
            pattern += written(self.mapped[0]) + new
        else:               # as the request had it: with its port
            pattern += written(self.mapped[0]) + r'\s*:\s*' + str(self.mapped[1])
        received = re.search(r'(?i);\s*received\s*=\s*([^;\s]+)', first)
        params = ''
        for param in re.findall(r';[^;]*|[^;]+', first):
            name, _, value = (x.strip() for x in param[1:].partition('='))
            at = param.rfind(value) if value else len(param)
            if name.lower() == 'maddr' and same(value, self.real[0]):
                params += re.escape(param[:at] + (f'[{self.mapped[0]}]' if value[0] == '[' else self.mapped[0]))
            elif name.lower() == 'received' and not self.is_out and same(value, self.real[0]):
                params += re.escape(param[:at] + (f'[{self.mapped[0]}]' if value[0] == '[' else self.mapped[0]))
            elif name.lower() == 'rport' and not self.is_out and value == str(self.real[1]) and \
                    (not received or same(received.group(1), self.real[0])):
                params += re.escape(param[:at]) + str(self.mapped[1])
            else:
                params += re.escape(param)
                continue
            params += re.escape(param[at + len(value):])
        return pattern + params + re.escape(comma + lower)


def is_like(text, pattern):
    """Most lines stay as they are: there is no need to make an expression of them."""
    return text == is_like.plain.get(pattern) if pattern in is_like.plain else re.fullmatch(pattern, text, re.S)


is_like.plain = {}      # pattern -> the only text that is like it


def literal(text):
    pattern = re.escape(text)
    is_like.plain[pattern] = text
    return pattern


def head_lines(head, way, length):
    """Patterns of the lines of the header section; length: what Content-Length is to say, None: what it said."""
    start, headers = header_lines(head)
    is_request = not start.startswith('SIP/')
    is_register = any(n == 'cseq' and t.rstrip().endswith('REGISTER') for n, t in headers)
    yield way.uris(start) if is_request and not way.is_out else literal(start)
    vias = 0
    for name, text in headers:
        key, colon, value = text.partition(':')
        vias += name == 'via'
        if name == 'via' and vias == 1 and is_request == way.is_out:
            value = way.via(value)
        elif name == 'contact' and (way.is_out or (is_register and not is_request)):
            value = way.uris(value, True)
        elif name in HOPS or (name == 'route' and is_request):
            value = way.uris(value)
        elif name == 'content-length' and length is not None:
            value = re.escape(re.match(r'\s*', value).group()) + f'0*{length}' + re.escape(value[len(value.rstrip()):])
        else:
            yield literal(text)
            continue
        yield literal(text) if value == re.escape(text[len(key + colon):]) else re.escape(key + colon) + value


def media_ports(body):
    return [int(p) for p in re.findall(r'(?m)^m=\S+ (\d+)', body)]


def may_carry_sdp(start, head):
    """RFC 3261 13, 3262, 3311, 6337"""
    method = re.search(r'(?i)\r\nCSeq\s*:\s*\d+\s+(\w+)', head)
    method = method.group(1) if method else ''
    if start.startswith('SIP/'):
        return method in ('INVITE', 'UPDATE', 'PRACK') and start[8] in '12'
    return method in ('INVITE', 'UPDATE', 'PRACK', 'ACK')


def call_id(msg):
    return next((t.partition(':')[2].strip() for n, t in header_lines(split(msg)[0])[1] if n == 'call-id'), None)


def opens_nothing(msg, way):
    """Nobody has asked for the answers here; a request's top Via has the connection's transport and sender, or a name."""
    if msg.startswith('SIP/'):
        return True
    via = next((VIA.match(t.partition(':')[2]) for n, t in header_lines(split(msg)[0])[1] if n == 'via'), None)
    if not via or via.group(2).upper() != ('TCP' if way.tcp else 'UDP'):
        return True
    is_literal = re.fullmatch(r'\[.*|[\d.]+', via.group(3))
    return bool(is_literal) and not same(via.group(3), way.real[0]) and not same(via.group(3), way.mapped[0])


class Description:
    """The pattern of a description; a section of the sender's own gets the mapped address and some port.

    may_stay: it opens nothing, and has a port that is published for another: then it stays where it is.
    """

    def __init__(self, way, may_stay):
        self.way, self.may_stay = way, may_stay
        self.family = 'IP6' if ':' in way.real[0] else 'IP4'

    def addr(self, line):
        """A line whose last word, but for a TTL, may be the address."""
        head, blank, last = line.rpartition(' ')
        word, end = re.match(r'([^\r\n]*)(.*)', last, re.S).groups()
        if not same(word, self.way.real[0]):
            return re.escape(line)
        new = re.escape(self.way.mapped[0])
        if self.may_stay and not line.startswith('o='):
            new = f'(?:{new}|{re.escape(word)})'
        return re.escape(head + blank) + new + re.escape(end)

    def candidate(self, line, ports):
        """A host candidate at the default port goes with it, one at another port stays."""
        words = line.split(' ')
        if (len(words) < 8 or not same(words[4], self.way.real[0]) or words[7].strip() != 'host'
                or words[2].upper() != 'UDP' or int(words[5]) not in ports):
            return re.escape(line)
        new = [re.escape(w) for w in words]
        new[4], new[5] = re.escape(self.way.mapped[0]), ANY_PORT
        return re.escape(' ').join(new)

    def section(self, lines, session_own):
        conn = next((x for x in lines if x.startswith('c=')), None)
        own = session_own if conn is None else same(conn.split()[-1], self.way.real[0])
        port = re.match(r'm=\S+ (\d+)', lines[0])
        if not own or not port:
            return ''.join(self.addr(x) if x.startswith('c=') else re.escape(x) for x in lines)
        rtcp = next((re.match(r'a=rtcp:(\d+)', x) for x in lines if re.match(r'a=rtcp:\d', x)), None)
        ports = {int(port.group(1)), int(rtcp.group(1)) if rtcp else int(port.group(1)) + 1} - {0}
        out = ''
        for line in lines:
            if line.startswith('m=') and int(port.group(1)):
                out += re.sub(r'^(m=\S+\\? )\d+', lambda m: m.group(1) + ANY_PORT, re.escape(line))
            elif line.startswith('c='):
                out += self.addr(line)
            elif line.startswith('a=rtcp:'):
                out += re.sub(r'^(a=rtcp:)\d+', lambda m: m.group(1) + ANY_PORT, self.addr(line).replace('\\:', ':'))
            elif line.startswith('a=candidate:'):
                out += self.candidate(line, ports)
            else:
                out += re.escape(line)
        added = rf'a=rtcp:{ANY_PORT}\r?\n' if lines[-1].endswith('\n') else rf'\r?\na=rtcp:{ANY_PORT}'
        has_rtcp = any(x.startswith('a=rtcp:') for x in lines)
        return out + ('' if has_rtcp or 'RTP/' not in lines[0] else f'(?:{added})?')

    def pattern(self, body):
        parts = re.split(r'(?m)^(?=m=)', body)
        lines = parts[0].splitlines(True)
        session = next((x for x in lines if x.startswith('c=')), 'c= -')
        own = same(session.split()[-1], self.way.real[0])
        out = ''.join(self.addr(x) if x[:2] in ('o=', 'c=') else re.escape(x) for x in lines)
        return out + ''.join(self.section(p.splitlines(True), own) for p in parts[1:])


def fault(was, is_, way, taken=(), is_old=False):
    """What is wrong with a message that was read, or None.

    taken: ports that are published for other hosts; is_old: the scenes share Call-IDs, so this may be late for its call.
    """
    if not way.is_nat:
        return None if was == is_ else f'was changed without NAT: {is_}'
    if ':' not in way.real[0] and way.real[0] not in was:   # IPv4 has one spelling only
        return None if was == is_ else f'was changed, though it does not name {way.real[0]}: {is_}'
    head, body = split(was)
    new_head, new_body = split(is_)
    length = next((t.partition(':')[2].strip() for n, t in header_lines(head)[1] if n == 'content-length'), '')
    body_pattern, new_length = re.escape(body), None
    if way.is_out and re.search(r'(?i)\r\n(?:content-type|c)\s*:\s*application\s*/\s*sdp', head) and \
            body.startswith('v=') and may_carry_sdp(was.partition('\r\n')[0], head):
        inner = body[:int(length)] if length.isdigit() else body
        may_stay = (is_old or opens_nothing(was, way)) and any(p in taken for p in media_ports(inner))
        body_pattern = Description(way, may_stay).pattern(inner) + re.escape(body[len(inner):])
        if length.isdigit():
            new_length = int(length) + len(new_body) - len(body)
    if not re.fullmatch(body_pattern, new_body, re.S) if body_pattern != re.escape(body) else new_body != body:
        return f'the body became {new_body}'
    new_start, new_headers = header_lines(new_head)
    lines, wanted = [new_start] + [t for _, t in new_headers], list(head_lines(head, way, new_length))
    if len(lines) != len(wanted):
        return f'headers came or went: {new_head}'
    return next((f'became {a}, not like {b}' for a, b in zip(lines, wanted) if not is_like(a, b)), None)

# SPDX-License-Identifier: GPL-2.0
"""corpus_sets.py - published messages as they go over the wire, and what is known of each.

    for m in messages(directory, 'rfc3665'):
        m.name, m.data, m.own, m.receiver, m.broken, m.odd, m.no_stream
"""
import glob
import ipaddress
import os
import re
import zlib

SETS = ('rfc3665', 'rfc3665-alg', 'rfc3666', 'rfc4475', 'rfc5118-crlf', 'kamailio', 'pjsip', 'sdp-transform')
UNUSED = {'rfc4475/test.dat'}   # of the archive of RFC 4475; the text does not know it

# What is malformed or not SIP, and why that is right.
BROKEN = {
    # by section of RFC 4475
    'rfc4475/clerr.dat': 'malformed_content_length',        # 3.1.2.2: longer than the message
    'rfc4475/multi01.dat': 'malformed_cseq',                # 3.3.8: CSeq, Call-ID, From and To twice
    'rfc4475/mcl01.dat': 'malformed_content_length',        # 3.3.9: two lengths
    # by section of RFC 5118
    'rfc5118-crlf/ipv6-in-sdp': 'malformed_content_length', # longer than it is with CRLF
    'kamailio/bad_uri.sip': 'malformed_via',                # a comma ends the header
    'kamailio/bad_via3.sip': 'malformed_via',               # none
    'kamailio/message.sip': 'malformed_content_length',     # longer than the message
    'kamailio/message02.sip': 'malformed_content_length',   # the same
    'kamailio/rport.sip': 'malformed_content_length',       # the same
    'pjsip/input.1.sip': 'malformed_line',                  # a CR without LF
    'pjsip/simple_uris.txt': 'not_sip',                     # a list of URIs
    'pjsip/multipart_alternative.sip': 'malformed_content_length',# longer than the message
    'pjsip/multipart_basic.sip': 'malformed_content_length',# the same
}

# What is translated, and of what something stays: the counters left_* that say so, and why.  All that is in neither
# table must be read, every byte of it.
ODD = {
    'rfc3665/158.sip': 'from to call_id cseq route',        # cut off behind a comma
    'rfc3666/031.sip': 'to',                                # a stray ">" behind a parameter
    'rfc3666/037.sip': 'route',                             # no "sip:"
    'rfc3666/039.sip': 'route',                             # the same
    'rfc3666/116.sip': 'from',                              # no From
    'rfc4475/badinv01.dat': 'via contact',                  # 3.1.2.1: ";;,;,,"
    'rfc4475/ncl.dat': 'content_length',                    # 3.1.2.3: negative
    'rfc4475/scalar02.dat': 'cseq number',                  # 3.1.2.4: over 2**31
    'rfc4475/scalarlg.dat': 'cseq',                         # 3.1.2.5: the same in a response
    'rfc4475/quotbal.dat': 'to',                            # 3.1.2.6: no closing quote
    'rfc4475/ltgtruri.dat': 'start',                        # 3.1.2.7: <> around the Request-URI
    'rfc4475/lwsruri.dat': 'start',                         # 3.1.2.8: a blank in the Request-URI
    'rfc4475/lwsstart.dat': 'start',                        # 3.1.2.9: several blanks in the start line
    'rfc4475/trws.dat': 'start',                            # 3.1.2.10: a blank at its end
    'rfc4475/regbadct.dat': 'contact',                      # 3.1.2.13: "?" in a URI without <>
    'rfc4475/baddn.dat': 'end from to',                     # 3.1.2.15: a comma in a bare display name
    'rfc4475/badvers.dat': 'start via',                     # 3.1.2.16: SIP/7.0
    'rfc4475/bigcode.dat': 'start',                         # 3.1.2.19: status 4294967301
    'rfc4475/mismatch01.dat': 'cseq',                       # 3.1.2.17: another method
    'rfc4475/mismatch02.dat': 'cseq',                       # 3.1.2.18: an unknown method, another in CSeq
    'rfc4475/insuf.dat': 'from to call_id',                 # 3.3.1: no From, To, Call-ID
    'rfc5118-crlf/ipv6-bad': 'start',                       # 4.2: no brackets
    'rfc5118-crlf/ipv6-bug-abnf-3-colons': 'start',         # 4.10: three colons
    'kamailio/bad_via1.sip': 'from to call_id cseq',        # a start line, a Via, nothing else
    'kamailio/bad_via2.sip': 'start from to call_id cseq',  # the version goes on, and a Via alone
    'kamailio/inv_srv.sip': 'to',                           # two equal ones
    'kamailio/invite1.sip': 'to sdp_line',                  # two equal ones, and nothing before m= that is SDP
    'kamailio/invite3-callid.sip': 'to call_id sdp_line',   # the same
    'kamailio/invite4-cseq.sip': 'cseq sdp_line',           # without a number
    'kamailio/invite5-callid.sip': 'line call_id sdp_line', # a line without a colon
    'kamailio/ms-invite-00-rpl.sip': 'end',                 # no empty line
    'kamailio/no_eom_reply.sip': 'end from to call_id cseq',# the same
    'kamailio/short_nonce.sip': 'end',                      # the same
    'kamailio/req-test1.sip': 'start',                      # "sip:" is not a URI
    'kamailio/req-tm1.sip': 'start',                        # the same
    'kamailio/req1.sip': 'from to call_id cseq',            # none
    'kamailio/req2.sip': 'from to call_id cseq',            # none
    'kamailio/sg.sip': 'line',                              # CR CR LF
    'kamailio/short_reply.sip': 'from to call_id cseq',     # none
    'pjsip/input.6.sdp': 'sdp_line',                        # a port over 65535
    'pjsip/input.3.sip': 'start line',                      # CR CR LF and LF
    'pjsip/input.5.sip': 'start line',                      # the same
    'pjsip/input.4.sip': 'end from to call_id cseq',        # no empty line
    'pjsip/basic_invite.sip': 'end',                        # the same
    'pjsip/invite_with_routes.sip': 'end',                  # the same
    'pjsip/minimal_invite.sip': 'end',                      # the same
    'kamailio/dns.sip': 'sdp_line',                         # a description that does not begin with its version
    'kamailio/invite6-badbranch-via.sip': 'sdp_line',       # a description that does not begin with its version
    'kamailio/route.sip': 'sdp_line',                       # a description that does not begin with its version
}

V4 = r'(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])'
_compact = {'v': 'via', 'm': 'contact', 'l': 'content-length', 'r': 'refer-to', 'b': 'referred-by', 'c': 'content-type'}


def header_lines(head):
    """(start line, [(name, whole text with its folds)])"""
    start, *lines = re.split(r'\r\n(?![ \t])', head)
    names = (line.partition(':')[0].strip().lower() for line in lines)
    return start, [(_compact.get(n, n), line) for n, line in zip(names, lines)]


def split(text):
    """(header section without its empty line, body)"""
    head, _, body = text.partition('\r\n\r\n')
    return head, body


def is_usable(addr):
    """An address that a host of the lab may be given."""
    try:
        a = ipaddress.ip_address(addr)
    except ValueError:
        return False
    if a.version == 6:
        return not (a.is_multicast or a.is_unspecified or a.is_loopback or a.ipv4_mapped)
    return not (a.is_multicast or a.is_unspecified or a.is_loopback or a in _nobody or a in _wan)


_wan = ipaddress.ip_network('203.0.113.0/24')
_nobody = ipaddress.ip_network('240.0.0.0/4')


class Published:
    """One message."""

    def __init__(self, name, data):
        self.name, self.data, self.text = name, data, data.decode('latin-1')
        self.broken = BROKEN.get(name)
        self.odd = ODD.get(name, '').split()
        self.start, self.headers = header_lines(split(self.text)[0])
        self.body = split(self.text)[1]
        self.is_request = not self.start.startswith('SIP/')
        self.own = self._own()
        self.receiver = self._receiver()
        self.no_stream = self._no_stream()

    def all(self, name):
        return [text.partition(':')[2] for n, text in self.headers if n == name]

    def _own(self):
        """The address that the message says it comes from, or None."""
        places = self.all('contact')
        if self.is_request:
            places = [v.partition(';')[0] for v in self.all('via')[:1]] + places
        places += re.findall(r'(?m)^[co]=.*$', self.body)
        return next((str(ipaddress.ip_address(a)) for p in places for a in literals(p) if is_usable(a)), None)

    def _receiver(self):
        """(address, port) that it is for, as its sender knows it, or None."""
        if self.is_request:
            found = re.match(r'\S+ sips?:(?:[^@\s]*@)?(\[[^]\s]*\]|[^:;?\s]+)(?::(\d+))?', self.start)
        else:
            via = (self.all('via') or [''])[0].partition(',')[0]
            received = re.search(r'(?i);\s*received\s*=\s*([^;\s]+)', via)
            found = re.match(r'(?i)\s*SIP\s*/\s*2\.0\s*/\s*\w+\s+(\[[^]\s]*\]|[^:;\s]+)(?:\s*:\s*(\d+))?', via)
            if received and found:
                port = re.search(r'(?i);\s*rport\s*=\s*(\d+)', via)
                return self._at(received.group(1), port.group(1) if port else found.group(2))
        return self._at(*found.groups()) if found else None

    @staticmethod
    def _at(host, port):
        host, port = host.strip('[]'), int(port or 5060)
        return (str(ipaddress.ip_address(host)), port) if is_usable(host) and 1024 <= port < 65536 else None

    def _no_stream(self):
        """Why it cannot be one of a stream, or None."""
        if '\r\n\r\n' not in self.text:
            return 'no end of the header section'
        if re.search(r'(?<!\r)\n', split(self.text)[0]):
            return 'a line that ends with LF alone'
        if self.broken == 'not_sip' or 'start' in self.odd:     # a stream that is not known yet takes no odd start line
            return 'not SIP'
        lengths = self.all('content-length')
        if len(lengths) != 1 or not re.fullmatch(r'\s*\d+\s*', lengths[0]):
            return 'no length, or two'
        n = len(self.body) - int(lengths[0])
        return None if not n else 'cut short' if n < 0 else 'bytes behind the body'


def literals(text):
    """The addresses in a text."""
    found = [(m.start(), m.group(1)) for m in re.finditer(r'\[([0-9A-Fa-f:.]+)\]', text)]
    found += [(m.start(), m.group()) for m in re.finditer(V4, text)]
    found += [(m.start(1), m.group(1)) for m in re.finditer(r'IN IP6 (\S+)', text)]
    return [a for _, a in sorted(found)]


def invite_with(sdp):
    """An offer with that description, of the host that it names."""
    places = re.findall(r'(?m)^c=.* ([\d.]+)\r?$', sdp) + re.findall(r'(?m)^o=.* ([\d.]+)\r?$', sdp)
    own = next(filter(is_usable, places), '10.20.30.40')
    serial = zlib.crc32(sdp.encode('latin-1'))
    return '\r\n'.join([
        'INVITE sip:bob@biloxi.example.com SIP/2.0', f'Via: SIP/2.0/UDP {own}:5060;branch=z9hG4bK74bf9',
        'Max-Forwards: 70', 'From: Alice <sip:alice@atlanta.example.com>;tag=9fxced76sl',
        'To: Bob <sip:bob@biloxi.example.com>', f'Call-ID: {serial}@atlanta.example.com',
        'CSeq: 1 INVITE', f'Contact: <sip:alice@{own}:5060>', 'Content-Type: application/sdp',
        f'Content-Length: {len(sdp)}', '', sdp])


def wire(data):
    """The bytes of a file as they are sent."""
    if b'\r' not in data:
        data = data.replace(b'\n', b'\r\n')
    return invite_with(data.decode('latin-1')).encode('latin-1') if data.startswith(b'v=') else data


# --- the same with other hosts ------------------------------------------------------------

_alias = {}     # name -> its IPv4 address, where a document tells
_given = {4: {}, 6: {}}     # what stands there -> what it becomes; the same in all messages


def learn(text):
    """RFC 3665 writes names where phones write addresses, and says elsewhere in the message which they are."""
    for name, addr in re.findall(r'(?ms)^o=.*IN IP4 ([a-z][\w.-]+)\r?$.*?^c=IN IP4 ([\d.]+)\r?$', text) + \
            re.findall(r'(?mi)^(?:via|v)[ \t]*:[ \t]*SIP/2\.0/\w+ ([a-z][\w.-]+)[^,\r]*;received=([\d.]+)', text):
        _alias.setdefault(name.lower(), addr)


def _address(host, family):
    host = _alias.get(host.lower(), host.lower())
    given = _given[family]
    if ':' in host or '.' not in host:
        return None
    if family == 4 and re.fullmatch(r'[\d.]+', host):
        return host
    if host == '0.0.0.0':   # of nobody in IPv6 too
        return '::'
    n = len(given) + 1
    return given.setdefault(host, f'fd00:2::{n:x}' if family == 6 else f'10.20.{n >> 8}.{n & 255}')


def with_addresses(text, family):
    """A message whose hosts, by name or address, are addresses of that family; its length is as right as it was."""
    def bracket(m):
        addr = _address(m.group(2), family)
        return m.group() if addr is None else m.group(1) + (f'[{addr}]' if family == 6 else addr)

    def plain(m):
        addr = _address(m.group(2), family)
        return m.group() if addr is None else m.group(1).replace('IP4', f'IP{family}') + addr

    head, body = split(text)
    lengths = set(re.findall(r'(?i)(?:^|\r\n)(?:content-length|l)[ \t]*:[ \t]*(\d+)', head))
    beyond = len(body) - int(lengths.pop()) if len(lengths) == 1 else -1     # two that differ go on to
    head = re.sub(r'(?i)(\bsips?:(?:[^@<>"\s,]*@)?)([a-z\d][a-z\d.-]*)', bracket, head)
    head = re.sub(r'(?i)((?:^|\r\n)(?:via|v)[ \t]*:\s*SIP/2\.0/\w+[ \t]+)([a-z\d][a-z\d.-]*)', bracket, head)
    head = re.sub(r'(?i)(;maddr=)([a-z\d][a-z\d.-]*)', bracket, head)
    head = re.sub(r'(?i)(;received=)([a-z\d][a-z\d.-]*)', plain, head)
    if body.startswith('v='):
        body = re.sub(r'(?m)(^(?:o=.*|c=|a=rtcp:.*)IN IP4 )([^\s/]+)(?=\r?$)', plain, body)
        body = re.sub(r'(?m)(^a=candidate:\S+ \d+ \S+ \d+ )(\S+)', plain, body)
    if beyond >= 0:     # what stands behind the body goes on to
        head = re.sub(r'(?i)((?:^|\r\n)(?:content-length|l)[ \t]*:[ \t]*)\d+', rf'\g<1>{len(body) - beyond}', head)
    return head + '\r\n\r\n' + body if '\r\n\r\n' in text else head


def messages(directory, name, family=None):
    """The messages of a set; with a family, with addresses of that one where hosts stand."""
    files = []
    for path in sorted(glob.glob(f'{directory}/{name}/**', recursive=True)):
        short = f'{name}/{os.path.basename(path)}'
        if not os.path.isdir(path) and short not in UNUSED:
            with open(path, 'rb') as f:
                files.append((short, wire(f.read()).decode('latin-1')))
    for _, text in files:
        learn(text)
    return [Published(short, (with_addresses(text, family) if family else text).encode('latin-1')) for short, text in files]

# SPDX-License-Identifier: GPL-2.0
"""broken.py - what is not SIP, and SIP that is broken, by the counters that it moves: for several scripts."""
from sip import *

HEAD = [('Via', f'SIP/2.0/UDP {PHONE}:5060;branch=z9hG4bKn'), ('From', '<sip:a@example.com>;tag=1'),
        ('To', '<sip:b@example.com>'), ('Call-ID', 'n@test'), ('CSeq', '1 INVITE'), ('Contact', f'<sip:a@{PHONE}>')]


def invite(*more, without='', replace=None, body=''):
    h = [(n, (replace or {}).get(n, v)) for n, v in HEAD if n != without]
    return message('INVITE sip:b@example.com SIP/2.0', h + list(more), body)


NOT_SIP = {
    'CRLF CRLF': b'\r\n\r\n',
    'NUL': b'\0',
    'one byte': b'x',
    'STUN': bytes.fromhex('000100002112a442') + bytes(range(12)),
    'RTP': bytes([0x80, 0, 0, 1]) + bytes(168),
    'a DNS query': bytes.fromhex('abcd01000001000000000000') + b'\7example\3com\0\0\1\0\1',
    'HTTP': b'GET / HTTP/1.1\r\nHost: example.com\r\n\r\n',
    'an HTTP method of our name': b'OPTIONS /x HTTP/1.1\r\nVia: SIP/2.0/UDP 192.168.1.2\r\n\r\n',
    'SIP of which the first line has no end': b'INVITE sip:b@example.com SIP/2.0',
    'SIP behind a blank': b' ' + invite(),
    'a status that is no number': b'SIP/2.0 No\r\n' + invite().partition(b'\r\n')[2],
    'a version that is none': invite().replace(b'sip:b@example.com SIP/2.0', b'sip:b@example.com SIP/x'),
    'all byte values': bytes(range(256)) * 4,
}

LONG = 'x' * 9000
# (what it is with strict=1, what it is, what is left of it, the message); nothing left: it is malformed always
BROKEN = [
    ('line', 'a header without a colon', ['line'], invite().replace(b'Call-ID: n', b'Garbage\r\nCall-ID: n')),
    ('line', 'a bare LF', ['line'], invite().replace(b'\r\nCall-ID', b'\nCall-ID')),
    ('line', 'a line over the limit', ['long'], invite(('Subject', LONG))),
    ('truncated', 'no end of the headers', ['end'], invite().partition(b'\r\nContact')[0] + b'\r\n'),
    ('limit', 'too many headers', ['limit'], invite(*[('X', 'y')] * 130)),
    ('limit', 'too many contacts', ['limit'], invite(*[('Contact', f'<sip:a@{PHONE}>')] * 40)),
    ('via', 'no Via', None, invite(without='Via')),
    ('via', 'a Via that cannot be read', ['via'], invite(replace={'Via': 'SIP/2.0/UDP ;;;'})),
    ('from', 'two From', None, invite(('From', '<sip:a@example.com>;tag=2'))),
    ('to', 'no To', ['to'], invite(without='To')),
    ('call_id', 'no Call-ID', ['call_id'], invite(without='Call-ID')),
    ('call_id', 'two Call-ID', None, invite(('Call-ID', 'other@test'))),
    ('cseq', 'CSeq of another method', ['cseq'], invite(replace={'CSeq': '1 BYE'})),
    ('cseq', 'CSeq over its range', ['cseq'], invite(replace={'CSeq': '4294967297 INVITE'})),
    ('content_length', 'over the message', None, invite().replace(b'Content-Length: 0', b'Content-Length: 9')),
    ('content_length', 'not a number', ['content_length'], invite().replace(b'Content-Length: 0', b'Content-Length: -1')),
    ('content_length', '2**32', None, invite().replace(b'Content-Length: 0', b'Content-Length: 4294967296')),
    ('content_length', 'twice', None, invite(('Content-Length', '4'))),
    ('contact', 'a Contact that cannot be read', ['contact'], invite(replace={'Contact': f'<sip:a@{PHONE}'})),
    ('route', 'a Route that cannot be read', ['route'], invite(('Route', f'<sip:{PHONE}'))),
    ('refer', 'a Refer-To that cannot be read', ['refer'], invite(('Refer-To', f'<sip:{PHONE}'))),
    ('number', 'a port over its range', ['contact', 'number'], invite(replace={'Contact': f'<sip:a@{PHONE}:70000>'})),
    ('number', 'Expires over its range', ['number'], invite(('Expires', '99999999999'))),
    ('from', 'two equal From', ['from'], invite(('From', HEAD[1][1]))),
    ('content_length', 'two equal lengths', ['content_length'], invite(('Content-Length', '0'))),
    ('start', 'a blank after the version', ['start'], invite().replace(b'SIP/2.0\r\n', b'SIP/2.0 \r\n', 1)),
    ('start', 'SIP/7.0', ['start'], invite().replace(b'sip:b@example.com SIP/2.0', b'sip:b@example.com SIP/7.0')),
    ('sdp', 'a port over its range', ['sdp_line'], invite(('Content-Type', 'application/sdp'), body=sdp(PHONE, 70000))),
    ('sdp', 'an m= line that cannot be read', ['sdp_line'], invite(body=sdp(PHONE, 4000).replace('4000', 'x'))),
]
MALFORMED = [(fault, what, data) for fault, what, left, data in BROKEN if left is None]
ODD = [(left, what, data) for _, what, left, data in BROKEN if left is not None]
# an odd start line is not SIP then
STRICT = [(fault, what, data) for fault, what, _, data in BROKEN if fault != 'start']

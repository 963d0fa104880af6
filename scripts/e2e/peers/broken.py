# SPDX-License-Identifier: GPL-2.0
"""broken.py - what is not SIP, and SIP that is broken, by the counter that it moves: for several scripts."""
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
    'SIP/7.0': invite().replace(b'sip:b@example.com SIP/2.0', b'sip:b@example.com SIP/7.0'),
    'SIP of which the first line has no end': b'INVITE sip:b@example.com SIP/2.0',
    'SIP behind a blank': b' ' + invite(),
    'status 99': b'SIP/2.0 99 No\r\n' + invite().partition(b'\r\n')[2],
    'all byte values': bytes(range(256)) * 4,
}

LONG = 'x' * 9000
MALFORMED = [
    ('line', 'a header without a colon', invite().replace(b'Call-ID: n', b'Garbage\r\nCall-ID: n')),
    ('line', 'a bare LF', invite().replace(b'\r\nCall-ID', b'\nCall-ID')),
    ('line', 'a line over the limit', invite(('Subject', LONG))),
    ('truncated', 'no end of the headers', invite().partition(b'\r\nContact')[0] + b'\r\n'),
    ('limit', 'too many headers', invite(*[('X', 'y')] * 130)),
    ('limit', 'too many contacts', invite(*[('Contact', f'<sip:a@{PHONE}>')] * 40)),
    ('via', 'no Via', invite(without='Via')),
    ('via', 'a Via that cannot be read', invite(replace={'Via': 'SIP/2.0/UDP ;;;'})),
    ('from', 'two From', invite(('From', '<sip:a@example.com>;tag=2'))),
    ('to', 'no To', invite(without='To')),
    ('call_id', 'no Call-ID', invite(without='Call-ID')),
    ('call_id', 'two Call-ID', invite(('Call-ID', 'other@test'))),
    ('cseq', 'CSeq of another method', invite(replace={'CSeq': '1 BYE'})),
    ('cseq', 'CSeq over its range', invite(replace={'CSeq': '4294967297 INVITE'})),
    ('content_length', 'over the message', invite().replace(b'Content-Length: 0', b'Content-Length: 9')),
    ('content_length', 'not a number', invite().replace(b'Content-Length: 0', b'Content-Length: -1')),
    ('content_length', '2**32', invite().replace(b'Content-Length: 0', b'Content-Length: 4294967296')),
    ('content_length', 'twice', invite(('Content-Length', '4'))),
    ('contact', 'a Contact that cannot be read', invite(replace={'Contact': f'<sip:a@{PHONE}'})),
    ('route', 'a Route that cannot be read', invite(('Route', f'<sip:{PHONE}'))),
    ('refer', 'a Refer-To that cannot be read', invite(('Refer-To', f'<sip:{PHONE}'))),
    ('number', 'a port over its range', invite(replace={'Contact': f'<sip:a@{PHONE}:70000>'})),
    ('number', 'Expires over its range', invite(('Expires', '99999999999'))),
    ('sdp', 'a port over its range', invite(('Content-Type', 'application/sdp'), body=sdp(PHONE, 70000))),
    ('sdp', 'an m= line that cannot be read', invite(body=sdp(PHONE, 4000).replace('4000', 'x'))),
]

# SPDX-License-Identifier: GPL-2.0
"""Odd lines on their way to the phone; what is dropped by strict=1; what is not translated at all."""
from odd import *

BAD = '<sip:alice@2001:db8::7>'     # of another device, and without the brackets that its address needs


def binding(value, **params):
    return value + ''.join(f';{n}={v}' for n, v in params.items())


def registered(s, contacts, headers=()):
    """REGISTER and its 200 with these Contact lines: what the phone sees; {own}: what the registrar has seen."""
    d = s.phone.dial('sip:example.com', s.provider.at)
    d.remote_header = f'<{s.phone.aor}>'
    d.request('REGISTER', headers=[('Contact', f'<{s.phone.contact}>'), ('Expires', '600')], contact=False)
    request = s.provider.take('REGISTER')
    h = [('Contact', c.replace('{own}', request.contact)) for c in contacts]
    before = stats()
    s.provider.reply(request, 200, tag='g', contact=False, headers=h + list(headers))
    ok = s.phone.take(200)
    return ok, request, d, before


def left_registration(what, contacts, left_=('contact',), headers=()):
    """A 200 to REGISTER: the phone's own Contact is its own again, and it is reached there."""
    def play_it(s):
        ok, request, d, before = registered(s, contacts, headers)
        equal('the phone reads its own, and the others as they are',
              [c.replace('{own}', s.phone.contact) for c in contacts], ok.all('contact'))
        check('the lines beside it are as they were', all(f'{n}: {v}\r\n'.encode() in ok.data for n, v in headers), ok.data)
        equal('the counters say what was left', set(left_), {n[5:] for n in left(before)})
        equal('its pinhole waits', [SIP_PORT], waiting())
        caller = s.provider.dial(request.contact, (ROUTER, SIP_PORT))
        caller.request('INVITE', s.answer)
        invite = s.phone.take('INVITE')
        equal('the phone is called', s.phone.contact, invite.uri)
        s.phone.reply(invite, 486, tag='b')
        caller.ack(response=s.provider.take(486))
        s.phone.take('ACK')
        register(s.phone, s.provider, expires=0, dialog=d)
    play_it.__doc__ = what
    return cleared(scene(play_it))


OWN = '<{own}>;expires=600'
MANY = [f'<sip:x{i}@198.51.100.{i + 1}>;expires=60' for i in range(39)]
REGISTRATIONS = [
    left_registration('a Contact of another device behind the phone\'s', [OWN, BAD]),
    left_registration('one before it', [BAD, OWN]),
    left_registration('both in one line', [f'{OWN}, {BAD}'.replace(';expires=600,', ',') + ';expires=600']),
    left_registration('both in one line, the other way round', [f'{BAD}, {OWN}']),
    left_registration('one without an end', [OWN, '<sip:x@198.51.100.7']),
    left_registration('one without a scheme', [OWN, '<x@198.51.100.7>']),
    left_registration('one with a port over 65535', [OWN, '<sip:x@198.51.100.7:70000>'], ('contact', 'number')),
    left_registration('an empty one', [OWN, ''], ()),
    left_registration('expires that is no number, of another device', [OWN, '<sip:x@198.51.100.7>;expires=soon'], ()),
    left_registration('a semicolon at the end', [OWN + ';'], ('contact',)),
    left_registration('40 Contacts, the phone\'s last', MANY + [OWN], ('limit',)),
    left_registration('40 Contacts, the phone\'s first', [OWN] + MANY, ('limit',)),
    left_registration('40 Contacts in one line', [', '.join(MANY + ['<{own}>']) + ';expires=600'], ('limit',)),
    left_registration('a Service-Route that cannot be read', [OWN], ('route',),
                      [('Service-Route', '<sip:p.example.org;lr>, <sip:2001:db8::9;lr>')]),
    left_registration('a Path that is empty', [OWN], ('route',), [('Path', '')]),
    left_registration('a Date of 9,000 bytes', [OWN], ('long',), [('Date', 'x' * 9000)]),
    left_registration('a line without a colon', [OWN], ('line',), [('Expires: 600\r\nwhatever\r\nServer', 'x')]),
]


def left_answer(what, headers=(), body='', left_=()):
    """A 200 to INVITE with odd lines, which the phone reads as they were sent."""
    def play_it(s):
        before = stats()
        d, invite = s.invite()
        sent = s.provider.reply(invite, 200, s.answer + body, tag='o', headers=headers)
        ok = s.phone.take(200)
        equal('the phone reads it as it was sent, with its own Via', sent.replace(ROUTER.encode(), PHONE.encode()), ok.data)
        d.learn(ok)
        d.ack()
        s.provider.take('ACK')
        equal('the call is marked', sorted(left_), sorted(marks(d) or ()))
        s.talk(invite.sdp.at)
        equal('the counters say what was left', set(left_), {n[5:] for n in left(before)})
        hang_up(d, s.provider)
    play_it.__doc__ = what
    return cleared(scene(play_it))


ANSWERS = [
    left_answer('an answer with a Record-Route that cannot be read', [('Record-Route', '<sip:p.example.org;lr>, <sip:2001:db8::9;lr>')],
                left_=['route']),
    left_answer('with a line without a colon', [('X-A: b\r\nwhatever\r\nServer', 'x')], left_=['line']),
    left_answer('with a header of 9,000 bytes', [('P-Charging-Vector', 'x' * 9000)], left_=['long']),
    left_answer('with a second Contact that cannot be read', [('Contact', BAD)], left_=['contact']),
    left_answer('with a Session-Expires that is no number', [('Session-Expires', 'x')]),
    left_answer('with a section that cannot be read', body='m=video\r\n', left_=['sdp_line']),
    left_answer('with a section of a port over 65535', body='m=video 492170 RTP/AVP 96\r\n', left_=['sdp_line']),
    left_answer('with a=rtcp over 65535', body='a=rtcp:70000\r\n', left_=['sdp_line']),
]


# --- strict=1, and what is not touched ----------------------------------------------------------

STRICT = [
    ('malformed_line', Odd('a line without a colon', ('', 'whatever\r\n'))),
    ('malformed_line', Odd('LF', ('Max-Forwards: 70\r\n', 'Max-Forwards: 70\n'))),
    ('malformed_line', Odd('a header of 9,000 bytes', ('', 'X: ' + 'x' * 9000 + '\r\n'))),
    ('malformed_limit', Odd('140 headers', ('', 'X: y\r\n' * 140))),
    ('malformed_route', Odd('an empty Route', ('', 'Route:\r\n'))),
    ('malformed_contact', Odd('a second Contact', ('', f'Contact: {BAD}\r\n'))),
    ('malformed_from', Odd('a comma in From', ('From: <', 'From: Doe, John <'))),
    ('malformed_number', Odd('Expires', ('', 'Expires: 4294967296\r\n'))),
    ('malformed_truncated', Odd('no end of the headers', end='\r\n')),
    ('malformed_sdp', Odd('m= without a port', ('', 'm=video\r\n'))),
    ('not_sip', Odd('a blank after the request line', (' SIP/2.0\r\n', ' SIP/2.0 \r\n'))),
]


@scene
def strict(s):
    """strict=1"""
    with settings(strict=1):
        for counter, odd in STRICT:
            before = stats()
            d = s.phone.dial(s.provider.contact, s.provider.at)
            data = odd.sent(words_of(s, d, odd))
            s.phone.send(data, s.provider.at)
            if counter == 'not_sip':
                equal(f'{odd.what}: passes as it is', data, s.provider.recv()[0])
            else:
                check(f'{odd.what}: is dropped', eventually(lambda: moved(before).get('malformed_dropped'), 2), moved(before))
                check(f'{odd.what}: does not arrive', s.provider.recv(0)[0] is None)
            equal(f'{odd.what}: is counted', 1, moved(before).get(counter))
            equal(f'{odd.what}: and is not left', [], [n for n in left(before) if n.startswith('left_')])
            equal(f'{odd.what}: opens nothing', ([], None), (waiting(), marks(d)))
    # the same counter as everywhere, which scene() wants to be still
    s.before = stats()


# what two readers could read differently
FATAL = [
    ('from', Odd('two From that differ', ('', 'From: <sip:mallory@example.com>;tag=m\r\n'))),
    ('to', Odd('two To that differ', ('', 'To: <sip:mallory@example.com>\r\n'))),
    ('call_id', Odd('two Call-ID that differ', ('', 'Call-ID: other@test\r\n'))),
    ('cseq', Odd('two CSeq that differ', ('', 'CSeq: 7 INVITE\r\n'))),
    ('content_length', Odd('two Content-Length that differ', ('', 'Content-Length: 7\r\n'))),
    ('content_length', Odd('Content-Length in two spellings', ('', 'l: 7\r\n'))),
    ('content_length', Odd('a Content-Length over the datagram', length=5000)),
    ('content_length', Odd('a Content-Length that begins over the datagram', ('Content-Length: {length}', 'Content-Length: {length}0;'))),
    ('content_length', Odd('a Content-Length over 2**32', length=2 ** 32 + 10)),
    ('contact', Odd('NUL in Contact', ('sip:alice@{me}', 'sip:al\0ice@192.168.1.2'))),
    ('line', Odd('a bare CR', ('Max-Forwards: 70', 'Max-Forwards: 70\rX: y'))),
    ('line', Odd('a bare CR in a value that nobody needs', ('', 'Subject: a\rb\r\n'))),
    ('via', Odd('no Via', ('Via: SIP/2.0/UDP {me}:{port};branch={branch}\r\n', ''))),
]


@scene
def fatal(s):
    """not touched"""
    for name, odd in FATAL:
        before = stats()
        d = s.phone.dial(s.provider.contact, s.provider.at)
        data = odd.sent(words_of(s, d, odd))
        s.phone.send(data, s.provider.at)
        got, _ = s.provider.recv()
        check(f'{odd.what}: passes byte for byte', got == data, repr(got))
        equal(f'{odd.what}: is counted', {'packets': 1, 'malformed_' + name: 1}, moved(before))
        equal(f'{odd.what}: opens nothing', ([], None), (waiting(), marks(d)))


@scene
def unmarked(s):
    """a call with nothing odd"""
    called(s, Odd('nothing'))


play(unmarked, *REGISTRATIONS, *ANSWERS, strict, fatal)

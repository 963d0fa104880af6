# SPDX-License-Identifier: GPL-2.0
# Odd messages on a TCP stream: one on which both ends have spoken SIP goes on over a message whose start line or
# header is odd, as long as its end is known; one that begins so is left alone for ever.
# tags: 6.12 6.1 7
# limit: 300
# topo: masquerade
# with: no_limits no_spurious
# after: expectations pinholes
# zero: nothing failed: commit_failed pinholes_full pinholes_no_port too_many_edits
from tcp import *
from odd import Odd, called, cleared, marks, odd_calls, words_of

LONG = 'x' * 9000
FAULTS = ('tcp_not_sip', 'tcp_broken', 'tcp_full')


def faults(s):
    return {n: s.moved(n) for n in FAULTS if s.moved(n)}


def spoken(s):
    """A call: both ends have spoken SIP."""
    call = s.connect()
    hang_up(call.caller, s.provider)


def goes_on(s):
    """The stream is still read: a call of it has its media, from either end."""
    call = s.connect()
    equal('the next INVITE is translated', '%s:%d' % s.phone.seen_as, call.invite.contact.partition('@')[2].partition(';')[0])
    s.talk(call.offer.at)
    hang_up(call.callee, s.phone)
    equal('the stream is not left alone', {}, faults(s))


def in_between(s, odd_):
    spoken(s)
    called(s, odd_)
    goes_on(s)


def first(s, odd_):
    called(s, odd_)
    goes_on(s)


def left_alone(s, data, what):
    """What the phone sends from here on is as it was sent, and so is what it gets."""
    s.phone.send(data)
    got = take_bytes(s.provider, len(data))
    equal(f'{what} passes as it is', data, got)
    dialog = s.phone.dial(s.provider.contact, None)
    data = dialog.request('INVITE', s.offer)
    equal('so does the next INVITE', data, take_bytes(s.provider, len(data)))
    data = s.provider.reply(Message(data), 200, s.answer, tag='l')
    equal('and the answer to it', data, take_bytes(s.phone, len(data)))
    equal('no call is made of it', None, marks(dialog))


def take_bytes(agent, n):
    """So many bytes of what comes, whatever they are."""
    data, end = bytes(agent.buf), time.monotonic() + WAIT
    agent.buf.clear()
    ready = select.poll()
    ready.register(agent.sock, select.POLLIN)
    while len(data) < n and ready.poll(max(0, end - time.monotonic()) * 1000):
        more = agent.sock.recv(n - len(data))
        if not more:
            break
        data += more
    return data


def begins_with(s, odd_):
    d = s.phone.dial(s.provider.contact, None)
    left_alone(s, odd_.sent(words_of(s, d, odd_)), 'it')
    equal('the stream is left alone', {'tcp_not_sip': 1}, faults(s))
    equal('nothing is opened', [], waiting())


def one_end_has_spoken(s, odd_):
    """The phone goes on with it, before the provider has said anything."""
    first_, invite = s.invite()
    d = s.phone.dial(s.provider.contact, None)
    left_alone(s, odd_.sent(words_of(s, d, odd_)), 'it')
    equal('the stream is left alone', {'tcp_not_sip': 1}, faults(s))
    equal('only the first call is open', [invite.sdp.port, invite.sdp.port + 1], media_waiting())
    order(f'end {number(first_)}')


STARTS = [(' SIP/2.0\r\n', ' SIP/2.0 \r\n', 'a blank after the request line'),
          ('INVITE {uri} ', 'INVITE sip:bob smith@203.0.113.2:5060;transport=tcp ', 'a blank in the Request-URI'),
          ('INVITE {uri} ', 'INVITE sip:j\u00f6rg@203.0.113.2:5060;transport=tcp ', 'UTF-8 in the Request-URI')]
starts = [Odd(what, (old, new), tcp=True, left=['start']) for old, new, what in STARTS]
later = [Odd(f'first {o.what}', (old, new), tcp=True) for o, (old, new, _) in zip(starts, STARTS)]
second = [Odd(f'second {o.what}', (old, new), tcp=True) for o, (old, new, _) in zip(starts, STARTS)]
headers = [
    Odd('a bare LF in a header', ('Max-Forwards: 70\r\n', 'Max-Forwards: 70\nX: y\r\n'), tcp=True, left=['line']),
    Odd('a line without a colon', ('', 'whatever\r\n'), tcp=True, left=['line']),
    Odd('a comma in From', ('From: <', 'From: Doe, John <'), tcp=True, left=['from']),
    Odd('an empty Route', ('', 'Route:\r\n'), tcp=True, left=['route']),
    Odd('a section that cannot be read', ('', 'm=video\r\n'), tcp=True, left=['sdp_line']),
]
large = [
    Odd('a header of 9,000 bytes', ('', f'Identity: {LONG}\r\n'), tcp=True, left=['long']),
    Odd('a header of 30,000 bytes', ('', f'Identity: {LONG * 3}\r\n'), tcp=True, left=['long']),
    Odd('140 headers', ('', ''.join(f'X-{i}: {i}\r\n' for i in range(140))), tcp=True, left=['limit']),
]
large_first = [Odd(f'first {o.what}', ('', more), tcp=True, left=['long']) for o, more in ((large[0], f'Identity: {LONG}\r\n'),)]


def odd_response(agent, request, start):
    """A 180 of which the start line is that."""
    h = [(n, request[n.lower()]) for n in ('Via', 'From')] + [('To', request['to'] + ';tag=o')]
    h += [(n, request[n.lower()]) for n in ('Call-ID', 'CSeq')] + [('Contact', f'<{agent.contact}>')]
    data = message('SIP/2.0 180 Ringing', h).replace(b'SIP/2.0 180 Ringing', start)
    agent.send(data)
    return data


RINGING = [(b'SIP/2.0 180', 'a status line without the blank after the code')]


def response(start, what):
    """A call out and one in that ring so."""
    def play_it(s):
        spoken(s)
        d, invite = s.invite()
        sent = odd_response(s.provider, invite, start)
        seen = sent.replace(b'%s:%d' % (ROUTER.encode(), s.phone.seen_as[1]), b'%s:%d' % (PHONE.encode(), s.phone.port))
        equal('out: the phone reads it with its own Via', seen, take_bytes(s.phone, len(seen)))
        s.provider.reply(invite, 200, s.answer, tag='o')
        d.learn(s.phone.take(200))
        d.ack()
        s.provider.take('ACK')
        s.talk(invite.sdp.at)
        hang_up(d, s.provider)

        d = s.provider.dial(invite.contact, None)
        d.request('INVITE', s.answer)
        invite = s.phone.take('INVITE')
        sent = odd_response(s.phone, invite, start)
        seen = sent.replace(b'%s:%d' % (PHONE.encode(), s.phone.port), b'%s:%d' % (ROUTER.encode(), s.phone.seen_as[1]))
        equal('in: the provider reads it with the published Contact', seen, take_bytes(s.provider, len(seen)))
        s.phone.reply(invite, 200, s.offer, tag='o')
        ok = s.provider.take(200)
        d.learn(ok)
        d.ack()
        s.phone.take('ACK')
        s.talk(ok.sdp.at, 'called in: media')
        hang_up(d, s.phone)
        goes_on(s)
    play_it.__doc__ = what
    return cleared(tcp_scene(play_it))


@tcp_scene
def first_answer(s):
    """first a status line without the blank after the code"""
    d, invite = s.invite()
    sent = odd_response(s.provider, invite, b'SIP/2.0 180')
    equal('the provider\'s first bytes pass as they are', sent, take_bytes(s.phone, len(sent)))
    equal('the stream is left alone', {'tcp_not_sip': 1}, faults(s))
    sent = s.provider.reply(invite, 200, s.answer, tag='o')
    equal('and what follows too', sent, take_bytes(s.phone, len(sent)))
    order(f'end {number(d)}')


@tcp_scene
def first_lf(s):
    """first a bare LF in a header"""
    d = s.phone.dial(s.provider.contact, None)
    data = headers[0].sent(words_of(s, d, headers[0]))
    s.phone.send(data)
    equal('passes as it is', data, take_bytes(s.provider, len(data)))
    equal('nothing is opened', ([], None), (waiting(), marks(d)))


@tcp_scene
def length_behind_lf(s):
    """a Content-Length that only who takes LF for a line's end can see"""
    spoken(s)
    hidden = Odd('', ('Max-Forwards: 70\r\n', 'Max-Forwards: 70\nContent-Length: {length}\r\n'),
                 ('application/sdp\r\nContent-Length: {length}\r\n', 'application/sdp\r\n'), tcp=True)
    d = s.phone.dial(s.provider.contact, None)
    left_alone(s, hidden.sent(words_of(s, d, hidden)), 'it')
    equal('nobody can say where the message ends', {'tcp_broken': 1}, faults(s))
    equal('nothing is opened', [], waiting())


@tcp_scene
def two_lengths(s):
    """a second Content-Length behind a bare LF"""
    spoken(s)
    hidden = Odd('', ('Max-Forwards: 70\r\n', 'Max-Forwards: 70\nContent-Length: 4\r\n'), tcp=True)
    d = s.phone.dial(s.provider.contact, None)
    left_alone(s, hidden.sent(words_of(s, d, hidden)), 'it')
    equal('nobody can say where the message ends', {'tcp_broken': 1}, faults(s))
    equal('nothing is opened', [], waiting())


@tcp_scene
def many_contacts(s):
    """40 Contacts in a 200 to REGISTER"""
    d = s.phone.dial('sip:example.com', None)
    d.remote_header = f'<{s.phone.aor}>'
    d.request('REGISTER', headers=[('Contact', f'<{s.phone.contact}>'), ('Expires', '600')], contact=False)
    request = s.provider.take('REGISTER')
    others = [f'<sip:x{i}@198.51.100.{i + 1}>;expires=60' for i in range(39)]
    s.provider.reply(request, 200, tag='g', contact=False,
                     headers=[('Contact', c) for c in others + [f'<{request.contact}>;expires=600']])
    equal('the phone reads its own', others + [f'<{s.phone.contact}>;expires=600'], s.phone.take(200).all('contact'))
    goes_on(s)
    register(s.phone, s.provider, expires=0, dialog=d)


play(*odd_calls(*starts, *headers, *large, flow=in_between, scene=tcp_scene),
     *odd_calls(*large_first, flow=first, scene=tcp_scene), *[response(*r) for r in RINGING],
     *odd_calls(*later, flow=begins_with, scene=tcp_scene), *odd_calls(*second, flow=one_end_has_spoken, scene=tcp_scene),
     *map(cleared, (first_answer, first_lf, length_behind_lf, two_lengths, many_contacts)))

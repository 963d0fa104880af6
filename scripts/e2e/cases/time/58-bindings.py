# SPDX-License-Identifier: GPL-2.0
# Registrations as /proc/net/sipalg/bindings lists them: several contacts and accounts, refresh,
# refusal, loss and repetition without a gap; who may call in; how long each lives.
# limit: 180
# topo: masquerade
# addr: lan 192.168.1.3/24
# addr: wan 203.0.113.{4..5}/24
# after: bindings expectations
# zero: none failed: bindings_full pinholes_no_port commit_failed
from scene import *

_callers = itertools.count(5100)
COLUMNS = ['state', 'left_s', 'contact', 'mapped', 'registrar', 'address_of_record']


def bindings():
    """Lines of the list, each a dictionary by its columns."""
    with netns('rtr'), open('/proc/net/sipalg/bindings') as f:
        lines = [line.split() for line in f]
    assert lines[0] == COLUMNS and all(len(line) == len(COLUMNS) for line in lines), lines
    return sorted((dict(zip(COLUMNS, line)) for line in lines[1:]), key=lambda b: (b['contact'], b['address_of_record']))


def listed(**want):
    """Whether there is one line that has these values."""
    return sum(all(b[k] == v for k, v in want.items()) for b in bindings()) == 1


def reaches(what, phone, contact, by=None):
    """A call of a stranger (or of somebody) gets in now."""
    caller = by or Agent('wan', OTHER, next(_callers), user='carol')
    d = caller.dial(contact, at_of(contact))
    d.request('INVITE')
    data, source = phone.recv(2)
    if not check(f'{what}: a call gets in', data is not None, waiting(), bindings()):
        return
    invite = Message(data, source)
    equal(f'{what}: to the phone\'s own contact', phone.contact, invite.uri)
    phone.reply(invite, 486, tag='rc', contact=False)
    d.ack(response=caller.take(486))
    phone.take('ACK')


def does_not_reach(what, phone, contact, by=None):
    caller = by or Agent('wan', OTHER, next(_callers), user='carol')
    caller.dial(contact, at_of(contact)).request('INVITE')
    data, _ = phone.recv(QUIET)
    check(what, data is None, data)


def at(contact):
    return '%s:%d' % at_of(contact)


def ask(phone, registrar, d, contacts, expires=600):
    """A REGISTER as it comes to the registrar."""
    d.remote_header = f'<{phone.aor}>'
    d.request('REGISTER', headers=[('Contact', c) for c in contacts] + [('Expires', str(expires))], contact=False)
    return registrar.take('REGISTER')


def grant(phone, registrar, seen, expires=600, headers=()):
    values = [('Contact', f'{v};expires={expires}') for v in seen.all('contact')] if expires else []
    registrar.reply(seen, 200, tag='g', contact=False, headers=values + list(headers))
    return phone.take(200)


@scene
def no_gap(s):
    """a refresh"""
    phone, registrar = s.phone, s.provider
    d = phone.dial('sip:example.com', registrar.at)
    seen = ask(phone, registrar, d, [f'<{phone.contact}>'])
    contact = seen.contact
    check('asked for, it is listed', listed(state='asked', contact=at(phone.contact), mapped=at(contact)), bindings())
    does_not_reach('and lets nobody in', phone, contact)
    registrar.reply(seen, 401, tag='g', contact=False)
    phone.take(401)
    does_not_reach('nor after 401', phone, contact)
    grant(phone, registrar, ask(phone, registrar, d, [f'<{phone.contact}>']))
    check('granted, it is listed', listed(state='bound', contact=at(phone.contact), mapped=at(contact),
                                         registrar=at(registrar.contact), address_of_record=phone.aor), bindings())
    check('for the granted time and 32 s', 630 <= int(bindings()[0]['left_s']) <= 632, bindings())
    reaches('granted', phone, contact)
    for status in (401, 407, 423, 503):
        seen = ask(phone, registrar, d, [f'<{phone.contact}>'])
        reaches(f'while a refresh is asked for ({status})', phone, contact)
        registrar.reply(seen, status, tag='g', contact=False, headers=[('Min-Expires', '900')] if status == 423 else ())
        phone.take(status)
        reaches(f'after {status}', phone, contact)
        equal(f'{status}: the port is the same', contact, seen.contact)
    seen = ask(phone, registrar, d, [f'<{phone.contact}>'], 1800)
    reaches('while the answer is lost', phone, contact)
    phone.send(d_last(phone, d, 1800), registrar.at)
    again = registrar.take('REGISTER')
    equal('the repetition has the same port', contact, again.contact)
    grant(phone, registrar, again, 1800)
    reaches('after the repetition', phone, contact)
    check('for the new time', 1830 <= int(bindings()[0]['left_s']) <= 1832, bindings())
    registrar.reply(again, 200, tag='g', contact=False, headers=[('Contact', f'<{contact}>;expires=1800')])
    phone.take(200)
    reaches('after the answer came twice', phone, contact)
    ask(phone, registrar, d, [f'<{phone.contact}>'], 0)
    reaches('expires=0 alone closes nothing', phone, contact)
    register(phone, registrar, expires=0, dialog=d)
    equal('its 200 does, at once', ([], []), (bindings(), waiting()))
    does_not_reach('nobody gets in', phone, contact)


def d_last(phone, d, expires):
    """The REGISTER that was sent last, once more."""
    h = [('Via', phone.via()), ('Max-Forwards', '70'), ('From', d.local_header), ('To', d.remote_header),
         ('Call-ID', d.call_id), ('CSeq', f'{d.cseq} REGISTER'), ('Contact', f'<{phone.contact}>'), ('Expires', str(expires))]
    return message('REGISTER sip:example.com SIP/2.0', h)


@scene
def several(s):
    """several contacts and accounts"""
    phone, registrar = s.phone, s.provider
    second, other = Agent('lan', PHONE, 5070), Agent('lan', PHONE2)
    d = phone.dial('sip:example.com', registrar.at)
    seen = ask(phone, registrar, d, [f'<{phone.contact}>', f'<{second.contact}>'])
    grant(phone, registrar, seen)
    contacts = [re.sub('.*<(.*)>.*', r'\1', v) for v in seen.all('contact')]
    third, _, d2 = register(other, registrar)
    phone.aor, phone.user = 'sip:bob@example.com', 'bob'
    fourth, _, d3 = register(phone, registrar, contact=phone.contact)
    equal('four are listed', [at(phone.contact)] * 2 + [at(second.contact), at(other.contact)],
          [b['contact'] for b in bindings()])
    equal('all bound', {'bound'}, {b['state'] for b in bindings()})
    equal('two accounts on one contact share a port', 1, len({b['mapped'] for b in bindings()[:2]}))
    equal('else each has its own', 3, len({b['mapped'] for b in bindings()}))
    equal('accounts', ['sip:alice@example.com'] * 3 + ['sip:bob@example.com'],
          sorted(b['address_of_record'] for b in bindings()))
    reaches('the first contact', phone, contacts[0])
    reaches('the second contact', second, contacts[1])
    reaches('the other phone', other, third.contact)
    register(phone, registrar, expires=0, dialog=d3)
    reaches('one account has gone, the contact is the other\'s too', phone, contacts[0])
    phone.aor, phone.user = 'sip:alice@example.com', 'alice'
    register(phone, registrar, expires=0, dialog=d, contact=phone.contact)
    does_not_reach('one contact is gone', phone, contacts[0])
    reaches('not the other', second, contacts[1])
    register(phone, registrar, contact='*', expires=0, dialog=d)
    does_not_reach('with "*" the other too', second, contacts[1])
    reaches('but none of another host', other, third.contact)
    register(other, registrar, expires=0, dialog=d2)
    equal('none is listed', [], bindings())


@scene
def clamps(s):
    """the least and the longest time"""
    for granted, low, high, most, expected in ((5, 60, 86400, 'register_min', 60), (4000, 60, 600, 'register_max', 600),
                                               (100, 60, 86400, 'neither', 132)):
        with settings(register_min=low, register_max=high):
            _, _, d = register(s.phone, s.provider, granted=granted)
            left = int(bindings()[0]['left_s'])
            check(f'{granted} s granted, {most} counts', expected - 2 <= left <= expected, left)
            register(s.phone, s.provider, expires=0, dialog=d)
    with settings(register_min=1, register_max=2):
        seen, _, d = register(s.phone, s.provider)
        check('time closes it', eventually(lambda: not waiting() and not bindings()), bindings(), waiting())
        does_not_reach('nobody gets in', s.phone, seen.contact)
    with settings(register_default=300):
        seen = ask(s.phone, s.provider, d, [f'<{s.phone.contact}>'])
        # RFC 3261 10.3: an answer that says no time
        s.provider.reply(seen, 200, tag='g', contact=False, headers=[('Contact', v) for v in seen.all('contact')])
        s.phone.take(200)
        left = int(bindings()[0]['left_s'])
        check('register_default where nobody says a time', 330 <= left <= 332, left)
        register(s.phone, s.provider, expires=0, dialog=d)


def refused_count(s):
    return s.moved('caller_refused')


@scene
def registrar_only(s):
    """signalling_source=registrar"""
    with settings(signalling_source='registrar'):
        seen, _, d = register(s.phone, s.provider, headers=[('Route', '<sip:203.0.113.4;lr>')])
        reaches('the registrar', s.phone, seen.contact, Agent('wan', PROVIDER, 5080))
        does_not_reach('a stranger does not get in', s.phone, seen.contact)
        register(s.phone, s.provider, expires=0, dialog=d)


@scene
def learned(s):
    """signalling_source=learned"""
    with settings(signalling_source='learned'):
        d = s.phone.dial('sip:example.com', s.provider.at)
        seen = ask(s.phone, s.provider, d, [f'<{s.phone.contact}>'])
        grant(s.phone, s.provider, seen, headers=[('Service-Route', '<sip:203.0.113.4;lr>'), ('Path', f'<sip:{OTHER};lr>')])
        contact = seen.contact
        reaches('the registrar', s.phone, contact, Agent('wan', PROVIDER, 5081))
        reaches('who is in Service-Route', s.phone, contact, Agent('wan', '203.0.113.4', 5081))
        reaches('who is in Path', s.phone, contact, Agent('wan', OTHER, 5081))
        equal('nobody was refused', 0, refused_count(s))
        stranger = Agent('wan', '203.0.113.5', 5081)
        does_not_reach('a stranger does not get in', s.phone, contact, stranger)
        equal('and is counted', 1, refused_count(s))
        # security.md B2: a call through the registrar, whose Record-Route names the caller, lets nobody in
        c = s.provider.dial(contact, at_of(contact))
        c.request('INVITE', headers=[('Record-Route', '<sip:203.0.113.5;lr>')])
        invite = s.phone.take('INVITE')
        s.phone.reply(invite, 486, tag='lr', contact=False)
        c.ack(response=s.provider.take(486))
        s.phone.take('ACK')
        does_not_reach('nor is who was in a Record-Route', s.phone, contact, Agent('wan', '203.0.113.5', 5082))
        equal('who is counted, too', 2, refused_count(s))
        register(s.phone, s.provider, expires=0, dialog=d)


@scene
def learned_from_strangers(s):
    """signalling_source=learned, a stranger names others"""
    with settings(signalling_source='learned'):
        seen, _, d = register(s.phone, s.provider)
        stranger = Agent('wan', '203.0.113.4', 5083)
        stranger.dial(seen.contact, at_of(seen.contact)).request('INVITE', headers=[('Record-Route', f'<sip:{OTHER};lr>')])
        check('he is not heard', s.phone.recv(QUIET)[0] is None)
        does_not_reach('nor are those that he names', s.phone, seen.contact, Agent('wan', OTHER, 5083))
        register(s.phone, s.provider, expires=0, dialog=d)


idle_times(2, 2)
play(no_gap, several, clamps, registrar_only, learned, learned_from_strangers)

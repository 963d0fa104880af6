# SPDX-License-Identifier: GPL-2.0
"""Published messages through the NAT, one by one, each compared with what arrived: DIRECTORY SET..."""
import collections
import glob
import sys
from sip import *

UNUSED = {'test.dat'}       # of the archive of RFC 4475; the text does not know it

# What cannot be read, and why that is right.  All that is not here must be read and translated.
BROKEN = {
    'rfc3665/158.sip': 'malformed_route',               # cut off behind a comma
    'rfc3666/031.sip': 'malformed_to',                  # a stray ">" behind a parameter
    'rfc3666/037.sip': 'malformed_route',               # no "sip:"
    'rfc3666/039.sip': 'malformed_route',               # the same
    'rfc3666/116.sip': 'malformed_from',                # no From
    # by section of RFC 4475
    'rfc4475/badinv01.dat': 'malformed_via',            # 3.1.2.1: ";;,;,,"
    'rfc4475/clerr.dat': 'malformed_content_length',    # 3.1.2.2: longer than the message
    'rfc4475/ncl.dat': 'malformed_content_length',      # 3.1.2.3: negative
    'rfc4475/scalar02.dat': 'malformed_cseq',           # 3.1.2.4: over 2**31
    'rfc4475/scalarlg.dat': 'malformed_cseq',           # 3.1.2.5: the same in a response
    'rfc4475/quotbal.dat': 'malformed_to',              # 3.1.2.6: no closing quote
    'rfc4475/ltgtruri.dat': 'not_sip',                  # 3.1.2.7: <> around the Request-URI
    'rfc4475/lwsruri.dat': 'not_sip',                   # 3.1.2.8: a blank in the Request-URI
    'rfc4475/lwsstart.dat': 'not_sip',                  # 3.1.2.9: several blanks in the start line
    'rfc4475/trws.dat': 'not_sip',                      # 3.1.2.10: a blank at its end
    'rfc4475/regbadct.dat': 'malformed_contact',        # 3.1.2.13: "?" in a URI without <>
    'rfc4475/baddn.dat': 'malformed_from',              # 3.1.2.15: a comma in a bare display name
    'rfc4475/badvers.dat': 'not_sip',                   # 3.1.2.16: SIP/7.0
    'rfc4475/mismatch01.dat': 'malformed_cseq',         # 3.1.2.17: another method
    'rfc4475/mismatch02.dat': 'malformed_cseq',         # 3.1.2.18: an unknown method, another in CSeq
    'rfc4475/bigcode.dat': 'not_sip',                   # 3.1.2.19: status 4294967301
    'rfc4475/insuf.dat': 'malformed_from',              # 3.3.1: no From, To, Call-ID
    'rfc4475/multi01.dat': 'malformed_cseq',            # 3.3.8: CSeq, Call-ID, From and To twice
    'rfc4475/mcl01.dat': 'malformed_content_length',    # 3.3.9: two lengths
}

TRANSLATED = {'via', 'contact', 'record-route', 'path', 'route', 'service-route', 'refer-to', 'referred-by',
              'reply-to', 'content-length'}
LITERAL = r'(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])'


def header_lines(head):
    """(name, whole text with its folds) of each header line"""
    lines = re.split(r'\r\n(?![ \t])', head)
    names = (line.partition(':')[0].strip().lower() for line in lines[1:])
    return lines[0], [(_long(n), line) for n, line in zip(names, lines[1:])]


def _long(name):
    return {'v': 'via', 'm': 'contact', 'l': 'content-length', 'r': 'refer-to', 'b': 'referred-by'}.get(name, name)


def own_address(start, headers, body):
    """The address that the message says it comes from."""
    places = [text for name, text in headers if name == 'contact']
    if not start.startswith('SIP/'):
        places = [text.partition(';')[0] for name, text in headers if name == 'via'][:1] + places
    places += re.findall(r'(?m)^[co]=.*$', body)
    for text in places:
        for addr in re.findall(LITERAL, text):
            if not addr.startswith('127.') and max(map(int, addr.split('.'))) < 256:
                return addr
    return PHONE


def neutral(text, addr):
    """The text with a mapping, or what it stands for, made the same."""
    return re.sub(re.escape(addr) + r'(:\d+)?(?![\d.])', 'ADDR', text)


def neutral_sdp(body, addr):
    lines = [neutral(line, addr) for line in body.split('\r\n') if not line.startswith('a=rtcp:')]
    return [re.sub(r'^(m=\S+ )\d+', r'\1PORT', line) for line in lines]


def faults(before, after, own):
    """What must not have happened to a message that was read."""
    head, _, body = before.partition('\r\n\r\n')
    new_head, _, new_body = after.partition('\r\n\r\n')
    start, headers = header_lines(head)
    new_start, new_headers = header_lines(new_head)
    if start != new_start:
        yield f'start line: {new_start}'
    if [n for n, _ in headers] != [n for n, _ in new_headers]:
        yield 'headers came or went'
        return
    vias = 0
    length = None
    for (name, old), (_, new) in zip(headers, new_headers):
        vias += name == 'via'
        may_change = name in TRANSLATED and not (name == 'via' and (vias > 1 or start.startswith('SIP/')))
        if name == 'content-length':
            length = old, new
        elif not may_change and old != new:
            yield f'{name}: {old} became {new}'
        elif may_change and neutral(old, own) != neutral(new, ROUTER):
            yield f'{name}: {old} became {new}'
        elif may_change and name in ('via', 'contact') and re.search(re.escape(own) + r'(?![\d.])', new):
            yield f'{name}: {own} is left in {new}'
    if length and [int(x.split(':')[1]) for x in length][0] == len(body.encode('latin-1')):
        if int(length[1].split(':')[1]) != len(new_body.encode('latin-1')):
            yield f'{length[1]}, but the body has {len(new_body)}'
    if 'application/sdp' in head.lower() and body.startswith('v='):
        if neutral_sdp(body, own) != neutral_sdp(new_body, ROUTER):
            yield f'body became {new_body}'
        for line in re.findall(r'(?m)^(?:[co]=|a=rtcp:).*$', new_body):
            if re.search(re.escape(own) + r'(?![\d.])', line):
                yield f'{own} is left in {line}'
    elif body != new_body:
        yield f'body became {new_body}'


class Sender:
    """Sends from the address that the message has; the provider says what arrived."""

    def __init__(self):
        self.sock = {}
        self.provider = Agent('wan', PROVIDER)

    def through(self, data, own):
        if own not in self.sock:
            if own != PHONE:
                with netns('lan'):
                    subprocess.run(['ip', 'addr', 'add', own + '/32', 'dev', 'l0'], check=True)
            self.sock[own] = Socket('lan', own, SIP_PORT)
        self.sock[own].send(data, self.provider.at)
        return self.provider.recv(4)[0]


def verdict_of(before):
    """The counter that says why a message was passed as it was, or None."""
    return next((n for n in moved(before) if n == 'not_sip' or n.startswith('malformed_')), None)


def play_set(directory, name, sender):
    files = [f for f in sorted(glob.glob(f'{directory}/{name}/*')) if os.path.basename(f) not in UNUSED]
    count, reasons, lost, bad, wrong = collections.Counter(), [], [], [], []
    for path in files:
        file = os.path.basename(path)
        with open(path, 'rb') as f:
            data = f.read()
        text = data.decode('latin-1')
        own = own_address(*header_lines(text.partition('\r\n\r\n')[0]), text.partition('\r\n\r\n')[2])
        before = stats()
        got = sender.through(data, own)
        if got is None:
            lost.append(file)
            continue
        verdict = verdict_of(before)
        if verdict:
            count['not SIP' if verdict == 'not_sip' else 'malformed'] += 1
            reasons.append(f'{file}: {verdict}')
            if got != data:
                bad.append(f'{file}: {verdict}, but bytes were changed: {got!r}')
        else:
            count['translated' if got != data else 'unchanged'] += 1
            bad += [f'{file}: {what}' for what in faults(text, got.decode('latin-1'), own)]
            if (got != data) != bool(moved(before).get('translated')):
                bad.append(f'{file}: the counter of translated packets is wrong')
        expected = BROKEN.get(f'{name}/{file}')
        if verdict != expected:
            wrong.append(f'{file}: {verdict}, not {expected}')
    arrived = len(files) - len(lost)
    print(f'# {name}: {len(files)} sent, {arrived} arrived, ' +
          ', '.join(f'{count[k]} {k}' for k in ('translated', 'unchanged', 'malformed', 'not SIP')))
    for line in reasons:
        print(f'#   {line}')
    check(f'{name}: every message arrives ({arrived} of {len(files)})', files and not lost, *lost)
    check(f'{name}: each is what it was, but for the addresses', not bad, *bad)
    check(f'{name}: what is read and what is not', not wrong, *wrong)


def corpora():
    """messages"""
    sender = Sender()
    for name in sys.argv[2:]:
        play_set(sys.argv[1], name, sender)


play(corpora)

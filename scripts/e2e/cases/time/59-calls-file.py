# SPDX-License-Identifier: GPL-2.0
# /proc/net/sipalg/calls: its columns, and that it may be read all the time while calls come and go:
# no line is torn, none is there twice, traffic is not stopped.
# topo: masquerade
# after: expectations calls
# zero: nothing failed: commit_failed pinholes_full out_of_dialog
import signal
from scene import *

HEADER = 'id state age_s idle_s left_s reason caller callee call_id media'
END = r'(-|\d+\.\d+\.\d+\.\d+:\d+|\[[0-9a-f:]+\]:\d+)'
LINE = re.compile(rf'\d+ (trying|ringing|up|ended) \d+ \d+ \d+ '
                  rf'(-|refused|hung-up|no-answer|rang-out|timed-out|too-long|silent|administrator) {END} {END} \S+'
                  rf'( (rtp|rtcp),real={END},mapped={END},peer={END},(live|waiting|live\+waiting|shut)(,sent=\d+,heard=\d+)?)*')


def line_of(dialog):
    with netns('rtr'), open('/proc/net/sipalg/calls') as f:
        return next(line.rstrip('\n') for line in f if line.split()[8] == dialog.call_id)


def media_of(dialog):
    """Each port of a call: its fields."""
    return [dict(f.split('=') if '=' in f else ('is', f) for f in w.split(',')[1:]) for w in line_of(dialog).split()[9:]]


@scene
def columns(s):
    """the columns"""
    with netns('rtr'), open('/proc/net/sipalg/calls') as f:
        equal('the first line names them', HEADER, f.readline().rstrip('\n'))
    d, invite = s.invite()
    check('a call that is tried', re.fullmatch(LINE, line_of(d)) and ' trying ' in line_of(d), line_of(d))
    equal('its ports wait', ['waiting'] * 2, [m['is'] for m in media_of(d)])
    equal('nobody is announced', ['-'] * 2, [m['peer'] for m in media_of(d)])
    s.provider.reply(invite, 180, tag='cf')
    s.phone.take(180)
    check('that rings', re.fullmatch(LINE, line_of(d)) and ' ringing ' in line_of(d), line_of(d))
    s.provider.reply(invite, 200, s.answer, tag='cf')
    d.learn(s.phone.take(200))
    d.ack()
    s.provider.take('ACK')
    words = line_of(d).split()
    check('that is up', re.fullmatch(LINE, line_of(d)) and words[1] == 'up', line_of(d))
    equal('reason, both parties', ['-', f'{PHONE}:5060', f'{PROVIDER}:5060'], words[5:8])
    check('age, idle, left', int(words[2]) < 60 and int(words[3]) < 60 and 43100 < int(words[4]) <= 43200, words)
    s.talk(invite.sdp.at)
    rtp, rtcp = media_of(d)
    equal('RTP: real, mapped, announced', [f'{PHONE}:{s.port}', '%s:%d' % invite.sdp.at, '%s:%d' % s.far],
          [rtp[k] for k in ('real', 'mapped', 'peer')])
    equal('is live, one packet each way', ['live', '1', '1'], [rtp[k] for k in ('is', 'sent', 'heard')])
    equal('RTCP: real and announced', [f'{PHONE}:{s.port + 1}', f'{PROVIDER}:{s.port + 3}'], [rtcp['real'], rtcp['peer']])
    equal('still waits', 'waiting', rtcp['is'])
    for _ in range(3):
        s.outside.speak('on', invite.sdp.at)
        s.inside.hear()
    equal('packets are counted', ['1', '4'], [media_of(d)[0][k] for k in ('sent', 'heard')])
    hang_up(d, s.provider)
    check('that has ended', re.fullmatch(LINE, line_of(d)) and line_of(d).split()[1:6:4] == ['ended', 'hung-up'], line_of(d))
    equal('has no ports', [], media_of(d))


@scene
def odd_call_id(s):
    """a Call-ID with odd bytes"""
    for i, odd in enumerate(('a b@x', 'tab\there', 'x' * 200, 'per%cent%s%n', 'back\\slash', 'utf-\u00e9', '<q"uote>')):
        d = s.phone.dial(s.provider.contact, s.provider.at, call_id=odd)
        d.request('INVITE')
        s.provider.take('INVITE')
    with netns('rtr'), open('/proc/net/sipalg/calls', 'rb') as f:
        lines = f.read().split(b'\n')[1:-1]
    check('every line is whole', all(re.fullmatch(LINE, line.decode('ascii', 'replace')) for line in lines), *lines)
    check('and short', all(len(line) < 500 for line in lines), *map(len, lines))
    for w in calls().values():
        if w[1] != 'ended':
            order(f'end {w[0]}')


def reader(pipe):
    """Reads till it is told to end: says how many reads, lines, and what was wrong."""
    reads, lines, wrong, most = 0, 0, [], 0
    go = [True]
    signal.signal(signal.SIGTERM, lambda *_: go.clear())
    with netns('rtr'):
        while go:
            # small reads, so that one list takes many
            fd = os.open('/proc/net/sipalg/calls', os.O_RDONLY)
            text = b''
            while part := os.read(fd, 700):
                text += part
            os.close(fd)
            got = text.decode().split('\n')
            reads += 1
            lines += len(got) - 2
            most = max(most, len(got) - 2)
            if got[0] != HEADER or got[-1]:
                wrong.append(repr(text[:80]))
            wrong += [line for line in got[1:-1] if not re.fullmatch(LINE, line)]
    os.write(pipe, repr((reads, lines, most, wrong[:5])).encode())
    os._exit(0)


@scene
def fifty(s):
    """50 calls while the list is read all the time"""
    hears, tells = os.pipe()
    child = os.fork()
    if not child:
        reader(tells)
    up = [connect(s.phone, s.provider, sdp(PHONE, s.port + 40 + 4 * i), sdp(PROVIDER, s.port + 40 + 4 * i)) for i in range(50)]
    for i, call in enumerate(up):
        hang_up(call.caller, s.provider)
    for i in range(10):
        call = s.connect()
        s.talk(call.offer.at)
        hang_up(call.callee, s.phone)
    os.kill(child, signal.SIGTERM)
    os.waitpid(child, 0)
    reads, lines, most, wrong = eval(os.read(hears, 65536))
    say(f'{reads} reads, {lines} lines')
    check('it was read often, and was long', reads >= 20 and most >= 50, reads, most)
    equal('every line had all columns', [], wrong)


play(columns, odd_call_id, fifty)

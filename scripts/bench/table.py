# SPDX-License-Identifier: GPL-2.0
"""table.py - the figures of bench.sh and bench-smp.sh as tables and as a picture.

usage: table.py LOG [FILE-OF-THE-TEXT-CORE...] [--write DOCUMENT [SVG]]

Prints Markdown. With --write, what stands between the two "speed" marks of DOCUMENT (the two "smp" marks, if the log
has nothing else) becomes a selection of it, and SVG the picture. A figure is the median of all rounds, with the
quartiles behind it. What a helper adds is its way less the plain way of the same round, and the ratio of what two
helpers add is taken round by round too.
"""
import re
import statistics
import sys
from collections import defaultdict

import textcore
from figures import met, spread, table

WAYS = 'plain', 'intree', 'ours', 'before'
SHORT = 0.03            # short messages may cost so much more of what the in-tree helper adds
STREAM = 0.35           # added time over TCP, in a dialog
MESSAGES = [    # name of path.c, for people, target: added time, ours to the in-tree helper's; over TCP
    ('OPTIONS', 'OPTIONS', 0.25, None),
    ('200-OPTIONS', '200 for OPTIONS', 0.25, None),
    ('REGISTER', 'REGISTER again', 0.22, None),
    ('200-REGISTER', '200 for REGISTER', None, None),
    ('INVITE', 'INVITE, new call', 0.50, None),
    ('200-INVITE', '200 for it, first SDP', 0.45, None),
    ('ACK', 'ACK', 0.22, STREAM),
    ('re-INVITE', 're-INVITE, known SDP', 0.20, STREAM),
    ('200-re-INVITE', '200 for it, known SDP', 0.20, STREAM),
    ('INFO', 'INFO', 0.25, STREAM),
    ('200-INFO', '200 for INFO', 0.25, STREAM),
    ('BYE', 'BYE', 0.25, STREAM),
    ('200-BYE', '200 for BYE', 0.35, STREAM),
]
GROWTH, GROWTH_KNOWN = 1.30, 1.20   # the whole way, most calls to fewest; re-INVITE with a known description
SAME = 1.01             # what must not get slower
REFUSED = 0.95          # to the way of NAT alone
SCALING = 1.8           # messages a second, two processors to one
COLUMNS = [(proto, size) for proto in ('udp', 'tcp') for size in ('400', '740', '4000')]
COLOURS = {'plain': '#b8bfc7', 'intree': '#d98f3f', 'ours': '#2f74b5', 'before': '#9fc3e6'}
NAMES = {'plain': 'NAT alone', 'intree': 'in-tree helper', 'ours': 'sipalg', 'before': 'the build before'}


class Figures:
    """What path.c and sipalg_bench.ko said."""

    def __init__(self, log):
        calls = 0
        self.rounds = defaultdict(dict)
        self.alone = defaultdict(lambda: defaultdict(list))
        self.locks = []
        for line in open(log, errors='replace'):
            f = line.split()
            if len(f) == 9 and f[0] == 'BENCH' and f[8] != '-nan' and f[8] != 'nan':
                self.rounds[tuple(f[1:7])][int(f[7])] = float(f[8])
            if len(f) == 5 and f[0] == 'LOCK':
                self.locks.append(f[1:])
            if len(f) == 3 and f[0] in ('sipalg_bench:', 'sipold_bench:') and f[1] == 'calls':
                calls = int(f[2])
            alone = re.search(r'(sipalg|sipold)_bench: (\S+) (none|sip|sipalg|sipold) (\d+) (\d+) (-?\d+) (-?\d+)$', line)
            if alone:
                module, what, helper, size, *ns = alone.groups()
                if module == 'sipalg' or helper == 'sipold':    # the in-tree helper of the same run as ours
                    self.alone[what, int(size), calls][helper].append([int(n) for n in ns])

    def way(self, way, kind, what, proto='udp', size='740', level='0'):
        return self.rounds.get((kind, what, proto, size, level, way), {})

    def ratio(self, *where, upper='ours', lower='plain'):
        """One way to another, round by round."""
        a, b = self.way(upper, *where), self.way(lower, *where)
        return [a[r] / b[r] for r in a if b.get(r)]

    def added(self, way, *where):
        a, b = self.way(way, *where), self.way('plain', *where)
        return {r: a[r] - b[r] for r in a if r in b}

    def is_noise(self, *where):
        """What some helper adds is nothing in a quarter of the rounds, or more."""
        added = [list(self.added(way, *where).values()) for way in ('intree', 'ours')]
        return any(len(v) > 1 and statistics.quantiles(v, n=4, method='inclusive')[0] <= 0 for v in added)

    def added_ratio(self, *where, lower='intree'):
        a, b = self.added('ours', *where), self.added(lower, *where)
        return [a[r] / b[r] for r in a if b.get(r)]


def us(rounds):
    return [ns / 1000 for ns in rounds.values()]


def ratios_table(figures):
    """What ours adds to what the in-tree helper adds, beside its targets."""
    rows = []
    for what, text, target, stream in MESSAGES:
        row = []
        for column in (('udp', '740'), ('udp', '400'), ('tcp', '740'), ('udp', '4000'), ('tcp', '400'), ('tcp', '4000')):
            values, noise = figures.added_ratio('row', what, *column), figures.is_noise('row', what, *column)
            row.append(spread(values) + ('*' if noise else ''))
            if column[1] == '740' or column == ('udp', '400'):
                wanted = stream if column[0] == 'tcp' else target and target + (SHORT if column[1] == '400' else 0)
                row += [f'{wanted:.2f}', '-' if noise else met(values, wanted)] if wanted else ['-', '-']
        if row[0] != '-':
            rows.append([text, *row])
    head = ['message']
    for column in 'UDP 740', 'UDP 400', 'TCP 740':
        head += [column, 'target', 'met']
    return table(head + ['UDP 4000', 'TCP 400', 'TCP 4000'], rows) if rows else ''


def before_table(figures):
    """What ours adds to what the build before adds."""
    rows = []
    for what, text, *_ in MESSAGES:
        cells = [spread(figures.added_ratio('row', what, *column, lower='before')) for column in COLUMNS]
        if any(cell != '-' for cell in cells):
            rows.append([text, *cells])
    return table(['message'] + [f'{p.upper()} {s}' for p, s in COLUMNS], rows) if rows else ''


def flood_to_before(figures):
    """Each of the two took turns with NAT alone."""
    where = 'OPTIONS', 'udp', '740', '0'
    ours = figures.ratio('flood', *where[:3])
    before = figures.ratio('flood-before', *where[:3], upper='before')
    return [a / b for a, b in zip(ours, before)]


def others_table(figures):
    rows = []

    def row(text, values, target, to_before):
        if values:
            rows.append([text, f'{target:.2f}', spread(values, '%.3f'), met(values, target), spread(to_before, '%.3f')])
    for kind, name in ('rtp', 'RTP of a call'), ('offload', 'the same in a flowtable'):
        for way in 'out', 'in':
            where = kind, way, 'udp', '172'
            row(f'{name}, {way}: ours to NAT alone', figures.ratio(*where), SAME, figures.ratio(*where, lower='before'))
    row('refused OPTIONS to one that NAT alone forwards', figures.ratio('flood', 'OPTIONS'), REFUSED, flood_to_before(figures))
    for what, proto, size, name in ('bulk', 'tcp', '64000', 'TCP bulk'), ('other', 'udp', '740', 'other UDP'):
        where = 'bulk', what, proto, size
        row(f'{name}: modules loaded and in use to none', figures.ratio(*where, upper='loaded', lower='unloaded'), SAME,
            figures.ratio(*where, upper='loaded', lower='before'))
    return table(['what', 'target', 'ratio', 'met', 'to the build before'], rows) if rows else ''


def levels(figures):
    return sorted({int(key[4]) for key in figures.rounds if key[0] == 'scale'})


def growth(first, last):
    return [ns / statistics.median(first.values()) for ns in last.values()] if first else []


def scale_table(figures):
    """The whole way with so many calls held; each round of the most to the median of the fewest."""
    held = levels(figures)
    if len(held) < 2:
        return ''
    rows = []
    for what, text, *_ in MESSAGES:
        where = [('scale', what, 'udp', '740', str(n)) for n in held]
        cells = [spread(us(figures.way('ours', *w))) for w in where]
        grown = {way: growth(figures.way(way, *where[0]), figures.way(way, *where[-1])) for way in WAYS}
        target = GROWTH_KNOWN if what == 're-INVITE' else GROWTH
        if grown['ours']:
            rows.append([text, *cells, f'{target:.2f}', spread(grown['ours']), met(grown['ours'], target),
                         *(spread(grown[way]) for way in ('plain', 'intree', 'before')),
                         spread(figures.ratio(*where[-1], lower='before'))])
    return table(['message, us', *[f'{n:,} calls' for n in held], 'target', 'last to first', 'met', 'NAT alone',
                  'in-tree', 'the build before', f'to it, {held[-1]:,} calls'], rows) if rows else ''


def times_table(figures, brief):
    rows = []

    def row(text, size, *where):
        if figures.way('ours', *where):
            rows.append([text, size, spread(us(figures.way('plain', *where))),
                         *(spread(us(figures.added(way, *where))) for way in ('intree', 'ours', 'before'))])
    for proto, size in COLUMNS[1:2] if brief else COLUMNS:
        for what, text, *_ in MESSAGES:
            row(text, f'{proto.upper()} {size}', 'row', what, proto, size)
    for kind, text in ('rtp', 'RTP'), ('offload', 'RTP, flowtable'):
        for way in 'out', 'in':
            row(f'{text}, {way}', 'UDP 172', kind, way, 'udp', '172')
    head = ['microseconds', 'bytes', 'NAT alone', 'in-tree adds', 'sipalg adds', 'the build before adds']
    return table(head, rows) if rows else ''


def alone_table(figures, brief):
    """The helpers without the way: what sipalg_bench.ko measured in the kernel."""
    rows = []
    for (what, size, calls), ways in figures.alone.items():
        if brief and (not 700 < size < 800 or calls > 100):
            continue
        # each load of the module says median, least and most
        of = {h: (statistics.median(n[0] for n in v), min(n[1] for n in v), max(n[2] for n in v)) for h, v in ways.items()}
        cell = lambda h: '%d (%d..%d)' % of[h] if h in of else '-'
        to = lambda h: '%.2f' % (of['sipalg'][0] / of[h][0]) if h in of and 'sipalg' in of and of[h][0] else '-'
        rows.append([what, size, f'{calls:,}', cell('sip'), cell('sipalg'), to('sip'), cell('sipold'), to('sipold')])
    head = ['helper alone, ns', 'bytes', 'calls', 'in-tree', 'sipalg', 'ratio', 'the build before', 'ratio to it']
    return table(head, rows) if rows else ''


def scaling(figures, way):
    """Messages a second of two processors to those of one, round by round."""
    one, both = (figures.way(way, 'smp', 'calls', 'udp', '740', n) for n in ('1', '2'))
    return {r: one[r] / both[r] for r in both if r in one}


def smp_table(figures):
    plain, rows = scaling(figures, 'plain'), []
    for way in WAYS:
        scales = scaling(figures, way)
        if not scales:
            continue
        rates = [spread((1e6 / ns for ns in figures.way(way, 'smp', 'calls', 'udp', '740', n).values()), '%.0f') for n in ('1', '2')]
        wanted = [f'{SCALING:.1f}', met(list(scales.values()), SCALING, at_least=True)] if way == 'ours' else ['-', '-']
        rows.append([NAMES[way], *rates, spread(scales.values()), *wanted,
                     spread(scales[r] / plain[r] for r in scales if r in plain)])
    head = ['messages a millisecond', 'one processor', 'two', 'two to one', 'target', 'met', 'that to NAT alone']
    return table(head, rows) if rows else ''


def locks_table(figures):
    rows = [[NAMES[way], f'`{name}`', f'{int(n):,}', f'{int(taken):,}'] for way, name, n, taken in figures.locks if int(n)]
    return table(['way', 'lock', 'waited for it', 'taken'], rows) if rows else ''


def bar(x, y, width, colour):
    return f'<rect x="{x}" y="{y}" width="{width:.1f}" height="12" rx="2" fill="{colour}"/>'


def picture(figures):
    """Grouped bars: the whole way of a message of 740 bytes over UDP."""
    there = [w for w in WAYS if figures.way(w, 'row', 'INVITE')]
    shown = [(text, {w: figures.way(w, 'row', what) for w in there}) for what, text, *_ in MESSAGES]
    shown.append(('RTP of a call, 172 bytes', {w: figures.way(w, 'rtp', 'out', 'udp', '172') for w in there}))
    shown = [(text, {w: statistics.median(v.values()) / 1000 for w, v in ways.items()})
             for text, ways in shown if all(ways.values())]
    left, width, top, group = 190, 520, 70, 14 * len(there) + 6
    height = top + group * len(shown) + 20
    scale = width / max(max(ways.values()) for _, ways in shown)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" width="800" height="{height}" '
           'font-family="sans-serif" font-size="12" fill="#24292f">',
           f'<rect width="800" height="{height}" fill="#ffffff"/>',
           '<text x="20" y="26" font-size="16" font-weight="bold">The way of a message through the router</text>']
    for i, way in enumerate(there):
        out.append(bar(left + 150 * i, 40, 12, COLOURS[way]))
        out.append(f'<text x="{left + 150 * i + 18}" y="50">{NAMES[way]}</text>')
    out.append('<text x="20" y="50" fill="#57606a">microseconds, UDP, 740 bytes</text>')
    for i, (text, ways) in enumerate(shown):
        y = top + group * i
        out.append(f'<text x="{left - 10}" y="{y + 7 * len(there) + 3}" text-anchor="end">{text}</text>')
        for k, way in enumerate(there):
            out.append(bar(left, y + 14 * k, ways[way] * scale, COLOURS[way]))
            out.append(f'<text x="{left + ways[way] * scale + 6:.1f}" y="{y + 14 * k + 10}" font-size="10" '
                       f'fill="#57606a">{ways[way]:.1f}</text>')
    return '\n'.join(out + ['</svg>', ''])


def tables(figures, core, brief):
    """All of it, or what the document has."""
    parts = [
        ('The time that sipalg adds to a message, divided by the time that the in-tree helper adds (median, quartiles; `*`: within the noise, and not judged):',
         ratios_table(figures)),
        ('The same divided by the time that the build before adds:', before_table(figures)),
        ('Traffic that must not get slower:', others_table(figures)),
        ('Many calls, messages of 740 bytes over UDP, the whole way:', scale_table(figures)),
        ('The helper alone, measured in the kernel by `kunit/sipalg_bench.c` (median, least, most):', alone_table(figures, brief)),
        ('Times of the whole way with NAT alone, and what each helper adds:', times_table(figures, brief)),
        ('Calls on two processors:', smp_table(figures)),
        ('Locks that the two waited for:', locks_table(figures)),
        *textcore.sections(core),
    ]
    return '\n\n'.join(f'{title}\n\n{text}' for title, text in parts if text) + '\n'


def write(document, text, mark, script):
    old = open(document).read()
    new, n = re.subn(fr'(<!-- {mark}: made by scripts/{script} -->\n).*(<!-- /{mark} -->)', lambda m: f'{m[1]}\n{text}\n{m[2]}', old,
                     flags=re.S)
    if n != 1:
        sys.exit(f'table.py: {document} has no place for the figures')
    open(document, 'w').write(new)


def main():
    arguments, written = sys.argv[1:], []
    if '--write' in arguments:
        at = arguments.index('--write')
        arguments, written = arguments[:at], arguments[at + 1:]
    figures = Figures(arguments[0])
    core = textcore.TextCore(line for name in arguments[1:] for line in open(name, errors='replace'))
    if not figures.rounds and not figures.locks and not core.ns:
        sys.exit('table.py: no figures')
    print(tables(figures, core, False), end='')
    if len(written) == 1:
        write(written[0], tables(figures, core, True), 'smp', 'bench-smp.sh')
    if len(written) == 2:
        write(written[0], tables(figures, core, True), 'speed', 'bench.sh')
        open(written[1], 'w').write(picture(figures))


main()

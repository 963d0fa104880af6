# SPDX-License-Identifier: GPL-2.0
"""table.py - the figures of bench.sh as tables and as a picture.

usage: table.py LOG [--write DOCUMENT SVG]

Prints Markdown. With --write, what stands between the two "speed" marks of DOCUMENT becomes a selection of it, and SVG
the picture. A figure is the median of all rounds, with the quartiles behind it. What a helper adds is its way less the
plain way of the same round, and the ratio of what two helpers add is taken round by round too.
"""
import re
import statistics
import sys
from collections import defaultdict

WAYS = 'plain', 'intree', 'ours'
NOTHING, CALL, KNOWN = 1 / 8, 1 / 6, 1 / 8
MESSAGES = [    # name of path.c, for people, target: added time, ours to the in-tree helper's
    ('OPTIONS', 'OPTIONS', NOTHING),
    ('200-OPTIONS', '200 for OPTIONS', NOTHING),
    ('REGISTER', 'REGISTER again', None),
    ('200-REGISTER', '200 for REGISTER', None),
    ('INVITE', 'INVITE, new call', CALL),
    ('200-INVITE', '200 for it, first SDP', None),
    ('ACK', 'ACK', NOTHING),
    ('re-INVITE', 're-INVITE, known SDP', KNOWN),
    ('200-re-INVITE', '200 for it, known SDP', KNOWN),
    ('INFO', 'INFO', NOTHING),
    ('200-INFO', '200 for INFO', NOTHING),
    ('BYE', 'BYE', NOTHING),
    ('200-BYE', '200 for BYE', NOTHING),
]
COLUMNS = [(proto, size) for proto in ('udp', 'tcp') for size in ('400', '740', '4000')]
COLOURS = {'plain': '#b8bfc7', 'intree': '#d98f3f', 'ours': '#2f74b5'}
NAMES = {'plain': 'NAT alone', 'intree': 'in-tree helper', 'ours': 'sipalg'}


class Figures:
    """What path.c and sipalg_bench.ko said."""

    def __init__(self, log):
        calls = 0
        self.rounds = defaultdict(dict)
        self.alone = defaultdict(dict)
        for line in open(log, errors='replace'):
            f = line.split()
            if len(f) == 9 and f[0] == 'BENCH' and f[8] != '-nan' and f[8] != 'nan':
                self.rounds[tuple(f[1:7])][int(f[7])] = float(f[8])
            if len(f) == 3 and f[:2] == ['sipalg_bench:', 'calls']:
                calls = int(f[2])
            alone = re.search(r'sipalg_bench: (\S+) (none|sip|sipalg) (\d+) (\d+) (-?\d+) (-?\d+)$', line)
            if alone:
                what, helper, size, *ns = alone.groups()
                self.alone[what, int(size), calls][helper] = [int(n) for n in ns]

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

    def added_ratio(self, *where):
        a, b = self.added('ours', *where), self.added('intree', *where)
        return [a[r] / b[r] for r in a if b.get(r)]


def spread(values, form='%.2f'):
    """Median and quartiles."""
    if not values:
        return '-'
    values = list(values)
    low, mid, high = statistics.quantiles(values, n=4, method='inclusive') if len(values) > 1 else values * 3
    return f'{form} ({form}..{form})' % (mid, low, high)


def table(head, rows):
    """Markdown that can be read as it is."""
    rows = [[str(c) for c in row] for row in rows]
    width = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    line = lambda row: '| ' + ' | '.join(c.ljust(w) for c, w in zip(row, width)) + ' |'
    return '\n'.join([line(head), '|' + '|'.join('-' * (w + 2) for w in width) + '|'] + [line(r) for r in rows])


def us(rounds):
    return [ns / 1000 for ns in rounds.values()]


def is_met(values, target):
    return bool(values) and statistics.median(values) <= target


def ratios_table(figures):
    rows = []
    for what, text, target in MESSAGES:
        cells, met, known = [], 0, 0
        for column in COLUMNS:
            values = figures.added_ratio('row', what, *column)
            cells.append(spread(values) + ('*' if figures.is_noise('row', what, *column) else ''))
            known += bool(values)
            met += target is not None and is_met(values, target)
        if known:
            rows.append([text, f'{target:.3f}' if target else '-', *cells, f'{met} of {known}' if target else '-'])
    return table(['message', 'target'] + [f'{p.upper()} {s}' for p, s in COLUMNS] + ['met'], rows) if rows else ''


def others_table(figures):
    rows = []

    def row(text, values, target):
        if values:
            rows.append([text, f'{target:.2f}', spread(values, '%.3f'), 'yes' if is_met(values, target) else 'no'])
    for way in 'out', 'in':
        row(f'RTP of a call, {way}: ours to NAT alone', figures.ratio('rtp', way, 'udp', '172'), 1.02)
    for way in 'out', 'in':
        row(f'the same in a flowtable, {way}', figures.ratio('offload', way, 'udp', '172'), 1.02)
    row('refused OPTIONS to one that NAT alone forwards', figures.ratio('flood', 'OPTIONS'), 1.0)
    for what, proto, size, text in ('bulk', 'tcp', '64000', 'TCP bulk'), ('other', 'udp', '740', 'other UDP'):
        row(f'{text}: modules loaded and in use to none', figures.ratio(
            'bulk', what, proto, size, upper='loaded', lower='unloaded'), 1.01)
    return table(['what', 'target', 'ratio', 'met'], rows) if rows else ''


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
    for what, text, _ in MESSAGES:
        where = [('scale', what, 'udp', '740', str(n)) for n in held]
        cells = [spread(us(figures.way('ours', *w))) for w in where]
        grown = {way: growth(figures.way(way, *where[0]), figures.way(way, *where[-1])) for way in WAYS}
        if grown['ours']:
            rows.append([text, *cells, '1.30', spread(grown['ours']), 'yes' if is_met(grown['ours'], 1.3) else 'no',
                         spread(grown['plain']), spread(grown['intree'])])
    return table(['message, us', *[f'{n:,} calls' for n in held], 'target', 'last to first', 'met', 'NAT alone',
                  'in-tree'], rows)


def times_table(figures, brief):
    rows = []
    for proto, size in COLUMNS[1:2] if brief else COLUMNS:
        for what, text, _ in MESSAGES:
            where = 'row', what, proto, size
            if figures.way('ours', *where):
                rows.append([text, f'{proto.upper()} {size}', spread(us(figures.way('plain', *where))),
                             spread(us(figures.added('intree', *where))), spread(us(figures.added('ours', *where)))])
    for kind, text in ('rtp', 'RTP'), ('offload', 'RTP, flowtable'):
        for way in 'out', 'in':
            where = kind, way, 'udp', '172'
            if figures.way('ours', *where):
                rows.append([f'{text}, {way}', 'UDP 172', spread(us(figures.way('plain', *where))),
                             spread(us(figures.added('intree', *where))), spread(us(figures.added('ours', *where)))])
    return table(['microseconds', 'bytes', 'NAT alone', 'in-tree adds', 'sipalg adds'], rows) if rows else ''


def alone_table(figures, brief):
    """The helpers without the way: what sipalg_bench.ko measured in the kernel."""
    rows = []
    for (what, size, calls), ways in figures.alone.items():
        if brief and (not 700 < size < 800 or calls > 100):
            continue
        cell = lambda h: '%d (%d..%d)' % tuple(ways[h]) if h in ways else '-'
        ratio = '-'
        if ways.get('sip', [0])[0] and 'sipalg' in ways:
            ratio = '%.2f' % (ways['sipalg'][0] / ways['sip'][0])
        rows.append([what, size, f'{calls:,}', cell('sip'), cell('sipalg'), ratio])
    return table(['helper alone, ns', 'bytes', 'calls', 'in-tree', 'sipalg', 'ratio'], rows) if rows else ''


def bar(x, y, width, colour):
    return f'<rect x="{x}" y="{y}" width="{width:.1f}" height="12" rx="2" fill="{colour}"/>'


def picture(figures):
    """Grouped bars: the whole way of a message of 740 bytes over UDP."""
    shown = [(text, {w: figures.way(w, 'row', what) for w in WAYS}) for what, text, _ in MESSAGES]
    shown.append(('RTP of a call, 172 bytes', {w: figures.way(w, 'rtp', 'out', 'udp', '172') for w in WAYS}))
    shown = [(text, {w: statistics.median(v.values()) / 1000 for w, v in ways.items()})
             for text, ways in shown if all(ways.values())]
    left, width, top, group = 190, 520, 70, 48
    height = top + group * len(shown) + 20
    scale = width / max(max(ways.values()) for _, ways in shown)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {height}" width="800" height="{height}" '
           'font-family="sans-serif" font-size="12" fill="#24292f">',
           f'<rect width="800" height="{height}" fill="#ffffff"/>',
           '<text x="20" y="26" font-size="16" font-weight="bold">The way of a message through the router</text>']
    for i, way in enumerate(WAYS):
        out.append(bar(left + 150 * i, 40, 12, COLOURS[way]))
        out.append(f'<text x="{left + 150 * i + 18}" y="50">{NAMES[way]}</text>')
    out.append('<text x="20" y="50" fill="#57606a">microseconds, UDP, 740 bytes</text>')
    for i, (text, ways) in enumerate(shown):
        y = top + group * i
        out.append(f'<text x="{left - 10}" y="{y + 24}" text-anchor="end">{text}</text>')
        for k, way in enumerate(WAYS):
            out.append(bar(left, y + 14 * k, ways[way] * scale, COLOURS[way]))
            out.append(f'<text x="{left + ways[way] * scale + 6:.1f}" y="{y + 14 * k + 10}" font-size="10" '
                       f'fill="#57606a">{ways[way]:.1f}</text>')
    return '\n'.join(out + ['</svg>', ''])


def tables(figures, brief):
    """All of it, or what the document has."""
    parts = [
        ('The time that sipalg adds to a message, divided by the time that the in-tree helper adds (median, quartiles; `*`: within the noise):',
         ratios_table(figures)),
        ('Traffic that must not get slower:', others_table(figures)),
        ('Many calls, messages of 740 bytes over UDP, the whole way:', scale_table(figures)),
        ('The helper alone, measured in the kernel by `kunit/sipalg_bench.c` (median, least, most):', alone_table(figures, brief)),
        ('Times of the whole way with NAT alone, and what each helper adds:', times_table(figures, brief)),
    ]
    return '\n\n'.join(f'{title}\n\n{text}' for title, text in parts if text) + '\n'


def main():
    figures = Figures(sys.argv[1])
    if not figures.rounds:
        sys.exit('table.py: no figures')
    print(tables(figures, False), end='')
    if sys.argv[2:3] == ['--write']:
        document, svg = sys.argv[3:5]
        old = open(document).read()
        new, n = re.subn(r'(<!-- speed: made by scripts/bench.sh -->\n).*(<!-- /speed -->)',
                         lambda m: f'{m[1]}\n{tables(figures, True)}\n{m[2]}', old, flags=re.S)
        if n != 1:
            sys.exit(f'table.py: {document} has no place for the figures')
        open(document, 'w').write(new)
        open(svg, 'w').write(picture(figures))


main()

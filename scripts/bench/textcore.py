# SPDX-License-Identifier: GPL-2.0
"""textcore.py - what kunit/host measured of the text core, as tables.

usage: textcore.py FILE...

The files have lines of two kinds, anything else in them does not matter: times of kunit/host/speed.c, and counts of
kunit/host/callgrind.py. Prints Markdown.
"""
import statistics
import sys
from collections import defaultdict

import figures

STAGES = [('parse', 'read'), ('plan', 'and planned'), ('render', 'and written')]
CACHES = 'warm', 'cold', 'colder'
ENGINES = [('core', 'text core'), ('osip', 'libosip2'), ('sofia', 'sofia-sip'), ('re', 'libre'), ('pico', 'picohttpparser')]
# ours to that of the build before, for the whole of a message
TARGETS = [('INVITE', 'warm', 0.45), ('OPTIONS', 'warm', 0.45), ('INVITE', 'cold', 0.52), ('OPTIONS', 'cold', 0.52)]
INSTRUCTIONS = 7000     # of the message of make -C kunit/host callgrind


class TextCore:
    def __init__(self, lines):
        self.ns = defaultdict(dict)
        self.counts = {}
        self.messages = []
        self.reference = None
        for line in lines:
            f = line.split()
            if len(f) == 7 and f[0] == 'TEXT':
                self.ns[tuple(f[1:5])][int(f[5])] = float(f[6])
                if f[2] not in self.messages:
                    self.messages.append(f[2])
            if len(f) == 6 and f[0] == 'COUNT':
                self.counts[tuple(f[3:6])] = int(f[1]), int(f[2])
            if len(f) > 2 and f[0] == 'translate:' and f[2].startswith('instructions'):
                self.reference = int(f[1])

    def ratio(self, cache, message, stage, upper='core', lower='before'):
        """One engine to another, round by round."""
        a, b = self.ns.get((cache, message, stage, upper), {}), self.ns.get((cache, message, stage, lower), {})
        return [a[r] / b[r] for r in a if b.get(r)]

    def median(self, *where):
        rounds = self.ns.get(where)
        return statistics.median(rounds.values()) if rounds else None


def own_table(core):
    rows = []
    for message in core.messages:
        for stage, text in STAGES:
            row = [f'{message}, {text}' if stage == 'parse' else text]
            for cache in CACHES:
                row.append(figures.spread(core.ns.get((cache, message, stage, 'core'), {}).values(), '%.0f'))
                row.append(figures.spread(core.ratio(cache, message, stage)))
            for which in 0, 1:
                now, before = (core.counts.get((message, stage, e)) for e in ('core', 'before'))
                row.append(f'{now[which]:,}' if now else '-')
                row.append(f'{now[which] / before[which]:.2f}' if now and before else '-')
            rows.append(row)
    head = ['message']
    for what in ('warm, ns', 'cold, ns', 'colder, ns', 'instructions', 'lines of code'):
        head += [what, 'to before']
    return figures.table(head, rows) if rows else ''


def others_table(core):
    """What others take to read the same messages; no part of them plans or writes."""
    rows = []
    there = [e for e in ENGINES if core.ns.get(('warm', core.messages[0], 'parse', e[0]))] if core.messages else []
    for message in core.messages:
        row = [message]
        for engine, _ in there:
            count = core.counts.get((message, 'parse', engine), (0, 0))
            row += [f'{core.median("warm", message, "parse", engine):,.0f}', f'{count[0]:,}', f'{count[1]:,}']
        rows.append(row)
    head = ['read, warm'] + [h for _, text in there for h in (f'{text}, ns', 'instructions', 'lines')]
    return figures.table(head, rows) if len(there) > 1 else ''


def targets_table(core):
    rows = []
    for message, cache, target in TARGETS:
        values = core.ratio(cache, message, 'render')
        if values:
            rows.append([f'text core to the build before: {message}, {cache}', f'{target:.2f}', figures.spread(values),
                         figures.met(values, target)])
    if core.reference:
        rows.append(['instructions of the INVITE of `make -C kunit/host callgrind`', f'{INSTRUCTIONS:,}', f'{core.reference:,}',
                     figures.met([core.reference], INSTRUCTIONS)])
    return figures.table(['what', 'target', 'figure', 'met'], rows) if rows else ''


def sections(core):
    return [
        ('The text core in user space:', targets_table(core)),
        ('Each message in nanoseconds, instructions, and lines of 64 bytes of code that run (median, quartiles):',
         own_table(core)),
        ('The parsers of others beside it, for scale; what each of them does is not the same:', others_table(core)),
    ]


def main():
    core = TextCore(line for name in sys.argv[1:] for line in open(name, errors='replace'))
    print('\n\n'.join(f'{title}\n\n{text}' for title, text in sections(core) if text))


if __name__ == '__main__':
    main()

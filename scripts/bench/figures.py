# SPDX-License-Identifier: GPL-2.0
"""figures.py - how a figure and a table are written."""
import statistics


def spread(values, form='%.2f'):
    """Median and quartiles."""
    values = list(values)
    if not values:
        return '-'
    low, mid, high = statistics.quantiles(values, n=4, method='inclusive') if len(values) > 1 else values * 3
    return f'{form} ({form}..{form})' % (mid, low, high)


def table(head, rows):
    """Markdown that can be read as it is."""
    rows = [[str(c) for c in row] for row in rows]
    width = [max(len(row[i]) for row in [head] + rows) for i in range(len(head))]
    line = lambda row: '| ' + ' | '.join(c.ljust(w) for c, w in zip(row, width)) + ' |'
    return '\n'.join([line(head), '|' + '|'.join('-' * (w + 2) for w in width) + '|'] + [line(r) for r in rows])


def met(values, target, at_least=False):
    """Whether the median is on the right side; '-' where nothing was measured."""
    if not values:
        return '-'
    median = statistics.median(values)
    return 'yes' if (median >= target if at_least else median <= target) else 'no'

# SPDX-License-Identifier: GPL-2.0
"""callgrind.py - what a dump of callgrind says: instructions, and the lines of code that they stand in.

usage: callgrind.py FILE...

A line each: COUNT INSTRUCTIONS LINES LABEL. A line of code is 64 bytes, as a processor's cache has them; it counts once
however often it runs, and where its instructions begin. So LINES is what the way of a message asks of an instruction
cache, the C library's functions included. The dump must have been made with --dump-instr=yes --compress-pos=no; LABEL
is what the program said when it asked for it.
"""
import re
import sys

LINE = 64


def read(name):
    instructions, lines, label, is_call = 0, set(), '', False
    for text in open(name, errors='replace'):
        if text.startswith('desc: Trigger: Client Request: '):
            label = text.split(': ', 3)[3].strip()
        cost = re.match(r'0x([0-9a-f]+) \S+ (\d+)$', text)
        if cost and not is_call:    # after "calls=" stands what the called function took
            instructions += int(cost[2])
            lines.add(int(cost[1], 16) // LINE)
        is_call = text.startswith('calls=')
    return instructions, len(lines), label


for file in sys.argv[1:]:
    print('COUNT', *read(file))

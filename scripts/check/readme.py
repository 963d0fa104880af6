#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""readme.py - what a reader types is what a test runs. usage: readme.py      in the top directory

A finding is a line "file:line: text". It is a finding when
  - README.md has more than 150 lines or 8 KB
  - a command in a block ```sh of a document is not in check/commands, or the file named there does not run it
  - a line that looks like a command stands in a block of another kind
  - a line of a block ```nft is not in scripts/rules/sipalg.nft
  - the columns of /proc/net/sipalg/calls in README.md are not those of the code
"""
import glob
import re

LINES, BYTES = 150, 8192
COMMANDS = 'scripts/check/commands'
STARTS = r'(sudo |make\b|modprobe |nft -|sh |apt |sysctl |conntrack -|scripts/\S+\.sh|cat /)'


def finding(file, line, text):
    print(f'{file}:{line}: {text}')


def read(file):
    with open(file, encoding='utf-8') as f:
        return f.read()


def blocks(file):
    """(language, line number, line) of each line within a fence, or indented like one."""
    fence, before = None, ''
    for n, line in enumerate(read(file).splitlines(), 1):
        if line.startswith('```'):
            fence = line[3:].strip() if fence is None else None
        elif fence is not None:
            yield fence, n, line
        elif line.startswith('    ') and not before.strip():
            yield '', n, line
        before = line


def known_commands():
    known = {}
    for n, line in enumerate(read(COMMANDS).splitlines(), 1):
        if line.startswith('#'):
            continue
        command, file, text = line.split('\t')
        known[command] = n
        try:
            if text not in read(file):
                finding(COMMANDS, n, f'{file} does not run it: {command}')
        except OSError:
            finding(COMMANDS, n, f'{file} is not there')
    return known


def look_at_blocks(files):
    known, shown = known_commands(), set()
    rules = {line.strip() for line in read('scripts/rules/sipalg.nft').splitlines()}
    for file in files:
        for language, n, line in blocks(file):
            text = line.strip()
            if language == 'sh':
                shown.add(text)
                if text and text not in known:
                    finding(file, n, f'no test runs this command: {text}')
            elif language == 'nft':
                if text and text not in rules:
                    finding(file, n, f'not in scripts/rules/sipalg.nft: {text}')
            elif re.match(STARTS, text):
                finding(file, n, f'a command outside of a block ```sh: {text}')
    for command, n in known.items():
        if command not in shown:
            finding(COMMANDS, n, f'no document shows this command: {command}')


def look_at_readme():
    text = read('README.md')
    lines, size = text.count('\n'), len(text.encode())
    if lines > LINES:
        finding('README.md', lines, f'{lines} lines, over {LINES}')
    if size > BYTES:
        finding('README.md', lines, f'{size} bytes, over {BYTES}')
    if 'make test' not in text:
        finding('README.md', 1, 'does not say how to run the tests')
    columns = re.search(r'seq_puts\(seq, "(id state [^"]*)\\n"\)', read('tables/sipalg_call_list.c'))
    if not columns or columns[1] not in text.splitlines():
        finding('README.md', 1, 'the columns of /proc/net/sipalg/calls are not those of tables/sipalg_call_list.c')


look_at_readme()
look_at_blocks(['README.md', 'CONTRIBUTING.md', 'SECURITY.md'] + sorted(glob.glob('docs/*.md')))

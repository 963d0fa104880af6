#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""cases.py - each end-to-end case is one file in its place. usage: cases.py      in the top directory

A finding is a line "file:line: text". It is a finding when
  - a case in shell has at most 12 lines and one script of peers/, which it only wraps: it is to be a .py with a header
  - a case is in no folder, or in one that the README.md of the cases does not list
  - a name does not begin with a number, or two cases have the same number
  - a tag is neither a kernel, nor smoke or failover
  - a header has a key that header.sh does not know, or the header of a .py has no topo
  - a script of peers/ is used by nobody
"""
import glob
import os
import re

CASES, PEERS = 'scripts/e2e/cases', 'scripts/e2e/peers'
SHORT = 12
TAGS = {'smoke', 'failover', '6.12', '6.1', '7', 'uml'}
READ_BY_RUN = {'tags', 'limit', 'needs'}
# a line that begins so is more than a header can say
OWN = re.compile(r'(bg|needs|skip_all|skip|\w+\(\)|rules|rules_\w+)\b|.*\bcapture\b')


def finding(file, line, text):
    print(f'{file}:{line}: {text}')


def read(file):
    with open(file, encoding='utf-8') as f:
        return f.read()


def look_at_wrapper(file, text):
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(('#', '. ./'))]
    played = [line for line in lines if re.search(r'\bpeer ', line)]
    if len(lines) <= SHORT and len(played) == 1 and not any(OWN.match(line) for line in lines):
        finding(file, 1, f'{len(lines)} lines that only wrap a script: make the script the case, with a header')


def look_at_header(file, text, known):
    keys = set()
    for n, line in enumerate(text.splitlines(), 1):
        if not line.startswith('#'):
            break
        key = re.match(r'# ([a-z]+): ', line)
        if not key:
            continue
        keys.add(key[1])
        if file.endswith('.py') and key[1] not in known:
            finding(file, n, f'no such key of a header: {key[1]}')
        for tag in line.split(': ', 1)[1].split() if key[1] == 'tags' else ():
            if tag not in TAGS:
                finding(file, n, f'no such tag: {tag}')
    if file.endswith('.py') and 'topo' not in keys:
        finding(file, 1, 'its header says no topo')


def main():
    themes = set(re.findall(r'^\| (\w+) \|', read(f'{CASES}/README.md'), re.M)) - {'folder'}
    known = READ_BY_RUN | set(re.findall(r'^#   ([a-z]+): ', read('scripts/e2e/header.sh'), re.M))
    numbers, texts = {}, {}
    files = [f for f in glob.glob(f'{CASES}/**', recursive=True) if f.endswith(('.sh', '.py'))]
    for file in sorted(files):
        text = texts[file] = read(file)
        theme, name = os.path.split(os.path.relpath(file, CASES))
        if theme not in themes:
            finding(file, 1, f'its folder is no theme of {CASES}/README.md')
        number = re.match(r'(\d+)-[a-z0-9-]+\.', name)
        if not number:
            finding(file, 1, 'its name is not NUMBER-WORDS')
        elif number[1] in numbers:
            finding(file, 1, f'{numbers[number[1]]} has the same number')
        else:
            numbers[number[1]] = file
        look_at_header(file, text, known)
        if file.endswith('.sh'):
            look_at_wrapper(file, text)
    shell = ''.join(text for file, text in texts.items() if file.endswith('.sh'))
    shell += ''.join(map(read, glob.glob('scripts/e2e/*.sh')))
    for file in sorted(glob.glob(f'{PEERS}/*.py')):
        name = os.path.basename(file)[:-3]
        if not re.search(rf'\bpeer {name}\b|peers/{name}\.py', shell):
            finding(file, 1, 'no case plays it')


main()

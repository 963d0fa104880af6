#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""rules.py - the documents and the tree say the same. usage: rules.py [--count]      in the top directory

A finding is a line "file:line: text". It is a finding when
  - a rule of docs/behaviour.md or docs/security.md lacks its reason, source, code or tests, or is there twice
  - a file, function, constant or test that a rule names does not exist
  - a KUnit case rule_<number>_* is not named by the rule of that number
  - a comment, a test or a document cites a rule that is not defined, or a document that is not in the tree
  - a value in the table of bounds is not that of the code
  - a document, path or function that a document names, or a document that a comment names, does not exist
--count prints instead how many rules, names and citations were looked at.
"""
import glob
import os
import re
import sys

BEHAVIOUR, SECURITY = 'docs/behaviour.md', 'docs/security.md'
ITEMS = 'Reason', 'Source', 'Kept by', 'Tests'
NUMBER = r'(?:[A-Z]\d{1,2}|\d{1,2}\.\d|\d{1,2})'
RULE = re.compile(rf'^##+ ({NUMBER}) (.+)$')
ITEM = re.compile(r'^- \*\*([A-Z][a-z ]+):\*\*\s*(.*)$')
# one number, or several: "P1 to P11", "S2, S3 and M1", across the lines of a comment
GAP = r'[\s*#/]*'
NUMBERS = rf'{NUMBER}\b(?:{GAP}(?:,|to|and|or|-){GAP}(?:and{GAP})?{NUMBER}\b)*'
CITED = re.compile(rf'\b(?:(SECURITY|BEHAVIOUR|[a-z]+\.md),?|([Rr]ules?)|([A-Z]{{4,}})(?:\.md)?)'
                   rf'{GAP}(?:rules?|sections?)?{GAP}({NUMBERS})')
ELSEWHERE = 'KERNEL', 'DESIGN', 'STYLE', 'TESTING', 'SPEED', 'HOUSE', 'FAILOVER', 'ECOSYSTEM'
LABEL = re.compile(r'''['"]([SMPABR]\d{1,2})(?:[:,]| and )''')
CASE = re.compile(r'\bKUNIT_CASE(?:_PARAM|_SLOW)?\((\w+)')
findings, counted = [], {'rules': 0, 'names': 0, 'citations': 0}


def finding(file, line, text):
    findings.append(f'{file}:{line}: {text}')


def read(file):
    with open(file, encoding='utf-8', errors='replace') as f:
        return f.read()


def all_files():
    out = []
    for folder, folders, names in os.walk('.'):
        folders[:] = [d for d in folders if d not in ('.git', 'out', 'build', '__pycache__')]
        out += [os.path.normpath(os.path.join(folder, n)) for n in names if not n.endswith('.mod.c')]
    return sorted(f for f in out if os.path.isfile(f))


# --- what there is ---------------------------------------------------------------


class Tree:
    def __init__(self, files):
        self.files = files
        kunit = {f: read(f) for f in files if re.match(r'kunit/[^/]*\.[ch]$', f)}
        self.cases = {name: f for f, text in kunit.items() for name in CASE.findall(text)}
        self.golden = {os.path.basename(f)[:-4] for f in files if re.match(r'kunit/golden/.*\.txt$', f)}
        self.e2e = {os.path.basename(f)[:-3] for f in files if re.match(r'scripts/e2e/cases/.*\.(sh|py)$', f)}
        self.targets = {d: set(re.findall(r'^([a-z][a-z-]*(?: [a-z][a-z-]*)*):', read(f'{d}Makefile'), re.M))
                        for d in ('', 'kunit/host/')}
        self.texts = {}

    def text(self, file):
        if file not in self.texts:
            self.texts[file] = read(file)
        return self.texts[file]

    def has_target(self, where, target):
        return any(target in names.split() for names in self.targets[where])

    def has_function(self, file, name):
        """Defined there, or a macro, or a prototype where the file is a header."""
        for line in re.findall(rf'^(?:[A-Za-z_].*\b|#\s*define\s+|){name}\(.*', self.text(file), re.M):
            if file.endswith('.h') or not line.rstrip().endswith(';'):
                return True
        return False

    def has_test(self, name):
        if name.startswith('make '):
            words = [w for w in name.split()[1:] if '=' not in w]
            where = words[1].rstrip('/') + '/' if words[:1] == ['-C'] else ''
            names = words[2:] if where else words
            return where in self.targets and bool(names) and all(self.has_target(where, n) for n in names)
        if name.startswith('scripts/'):
            return os.path.isfile(name.split()[0])
        pattern = re.compile(re.escape(name.removesuffix('.sh').removesuffix('.txt')).replace(r'\*', '.*') + '$')
        return any(pattern.match(n) for names in (self.cases, self.golden, self.e2e) for n in names)


# --- the rules -------------------------------------------------------------------


class Rule:
    def __init__(self, file, line, number):
        self.file, self.line, self.number = file, line, number
        self.items = {}     # name: (line, text)


def rules_of(file):
    rules, rule, item = [], None, None
    for n, line in enumerate(read(file).splitlines(), 1):
        heading, begins = RULE.match(line), ITEM.match(line)
        if line.startswith('#'):
            rule, item = (Rule(file, n, heading[1]) if heading else None), None
            if rule and (rule.number != '5' or file != SECURITY):   # a chapter of its rules
                rules.append(rule)
        elif rule and begins:
            item = begins[1]
            if item in rule.items:
                finding(file, n, f'{rule.number} has a second "{item}"')
            rule.items[item] = (n, begins[2])
        elif item and line.startswith('  '):
            rule.items[item] = (rule.items[item][0], rule.items[item][1] + ' ' + line.strip())
        else:
            item = None
    return rules


def look_at_code(tree, rule):
    line, text = rule.items['Kept by']
    file = None
    for name in re.findall(r'`([^`]+)`', text):
        counted['names'] += 1
        if '/' in name or re.search(r'\.(c|h|sh|nft|iptables)$', name):
            file = name if os.path.isfile(name) else None
            if not file:
                finding(rule.file, line, f'{rule.number} names a file that is not there: {name}')
        elif not file:
            finding(rule.file, line, f'{rule.number} names {name} before a file that is there')
        elif name.endswith('()'):
            if not tree.has_function(file, name[:-2]):
                finding(rule.file, line, f'{rule.number} names {name}, which is not in {file}')
        elif not re.search(rf'\b{re.escape(name)}\b', tree.text(file)):
            finding(rule.file, line, f'{rule.number} names {name}, which is not in {file}')
    if '`' not in text:
        finding(rule.file, line, f'{rule.number} names no file')


def look_at_tests(tree, rule):
    line, text = rule.items['Tests']
    names = re.findall(r'`([^`]+)`', text)
    tests = [n for n in names if not re.match(r'[A-Z]+=|[a-z]+$', n)]   # variables, and keys of golden files
    for name in tests:
        counted['names'] += 1
        if not tree.has_test(name):
            finding(rule.file, line, f'{rule.number} names a test that is not there: {name}')
    if not tests:
        finding(rule.file, line, f'{rule.number} names no test')
    return tests


def look_at_rule(tree, rule):
    counted['rules'] += 1
    missing = [item for item in ITEMS if not rule.items.get(item, (0, ''))[1]]
    for item in missing:
        finding(rule.file, rule.line, f'{rule.number} says no "{item}"')
    if 'Kept by' not in missing:
        look_at_code(tree, rule)
    return look_at_tests(tree, rule) if 'Tests' not in missing else []


def look_at_case_names(tree, tests):
    """rule_p10_refresh belongs to P10, which must name it."""
    for case, file in sorted(tree.cases.items()):
        number = re.match(r'rule_([a-z]\d+)_', case)
        if not number:
            continue
        named = tests.get(number[1].upper())
        if named is None:
            finding(file, 1, f'{case}: there is no rule {number[1].upper()}')
        elif not any(re.fullmatch(re.escape(n).replace(r'\*', '.*'), case) for n in named):
            finding(file, 1, f'{case}: rule {number[1].upper()} does not name it')


# --- citations -------------------------------------------------------------------


def numbers_in(text):
    """"M1 to M3, P2" is M1, M2, M3 and P2."""
    out, last = [], None
    for joint, number in re.findall(rf'(to|-)?[\s*#/]*({NUMBER})\b', text):
        if joint and last and last[0] == number[0] and last[1:].isdigit() and number[1:].isdigit():
            out += [f'{last[0]}{i}' for i in range(int(last[1:]) + 1, int(number[1:]))]
        out.append(number)
        last = number
    return out


def look_at_citation(file, line, where, numbers, defined):
    books = {'SECURITY': SECURITY, 'BEHAVIOUR': BEHAVIOUR, 'security.md': SECURITY, 'behaviour.md': BEHAVIOUR}
    for number in numbers:
        counted['citations'] += 1
        if where in books and number not in defined[books[where]]:
            finding(file, line, f'{books[where]} has no {number}')
        elif where not in books and not any(number in numbers_ for numbers_ in defined.values()):
            finding(file, line, f'no document has a rule {number}')


def look_at_citations(file, text, defined):
    def line_of(match):
        return text.count('\n', 0, match.start()) + 1
    for m in CITED.finditer(text):
        if m[3]:
            if m[3] in ELSEWHERE and re.search(r'\d', m[4]):
                finding(file, line_of(m), f'cites {m[3]} {m[4]}, a document that is not in the tree')
        elif m[2] or m[1] in ('SECURITY', 'BEHAVIOUR', 'security.md', 'behaviour.md'):
            if not (m[2] and re.match(r'\d\b', m[4])) or file in (BEHAVIOUR, SECURITY):
                look_at_citation(file, line_of(m), m[1] or 'rule', numbers_in(m[4]), defined)
    if file.startswith('scripts/e2e/'):
        for m in LABEL.finditer(text):
            look_at_citation(file, line_of(m), 'rule', [m[1]], defined)


# --- bounds and links ------------------------------------------------------------


def look_at_bounds(tree):
    for n, line in enumerate(read(BEHAVIOUR).splitlines(), 1):
        row = re.match(r'\| `(S[A-Z_]+)` \| (\d+) \|', line)
        if not row:
            continue
        counted['names'] += 1
        values = {v for f in tree.files if re.match(r'include/.*\.h$', f)
                  for v in re.findall(rf'\b{row[1]}\s*=\s*(\d+)', tree.text(f))}
        if values != {row[2]}:
            finding(BEHAVIOUR, n, f'{row[1]} is {", ".join(sorted(values)) or "not there"} in the code, not {row[2]}')


def look_at_links(file, text):
    def look_at(match, paths):
        counted['names'] += 1
        if not any(os.path.exists(os.path.normpath(p)) for p in paths):
            finding(file, text.count('\n', 0, match.start()) + 1, f'{match[1]} is not there')
    for m in re.finditer(r'\b(docs/[\w.-]+\.md)\b', text):
        look_at(m, [m[1]])
    if not file.endswith('.md'):
        return
    for m in re.finditer(r'\]\((?!https?:|mailto:|#)([^)#\s]+)', text):
        look_at(m, [os.path.join(os.path.dirname(file), m[1])])
    # within docs/ a document is mentioned by its name alone
    for m in re.finditer(r'(?<![\w/-])([\w-]+\.md)\b', text):
        look_at(m, [os.path.join(d, m[1]) for d in ('', 'docs', os.path.dirname(file))])


def look_at_names(tree, file, text):
    """Functions and paths that a document names; what the kernel has is named as a source."""
    for n, line in enumerate(text.splitlines(), 1):
        if '**Source:**' in line or '**Kept by:**' in line:
            continue
        for name in re.findall(r'`([a-z]\w+)\(\)`', line):
            counted['names'] += 1
            if not any(re.search(rf'\b{name}\(', tree.text(f)) for f in tree.files if f.endswith(('.c', '.h'))):
                finding(file, n, f'{name}() is not in the tree')
        for name in re.findall(r'`((?:docs|scripts|kunit|include|text|net|pinhole|tables|decide|transport|module|\.ci)/[\w./*-]+|[\w*]+\.[ch])`', line):
            counted['names'] += 1
            places = [name] + [d + name for d in ('text/', 'net/', 'pinhole/', 'tables/', 'decide/', 'transport/', 'module/', 'include/') if '/' not in name]
            if not any(glob.glob(p) for p in places):
                finding(file, n, f'{name} is not there')


def main():
    tree = Tree(all_files())
    rules = rules_of(BEHAVIOUR) + rules_of(SECURITY)
    defined, tests = {BEHAVIOUR: set(), SECURITY: set()}, {}
    defined[SECURITY].add('5')
    for rule in rules:
        if rule.number in defined[rule.file] or (rule.number[0].isalpha() and rule.number in tests):
            finding(rule.file, rule.line, f'{rule.number} is there twice')
        defined[rule.file].add(rule.number)
        tests[rule.number] = look_at_rule(tree, rule)
    look_at_case_names(tree, tests)
    look_at_bounds(tree)
    for file in tree.files:
        if re.search(r'(\.([ch]|sh|awk|py|md|nft|iptables|conf)|/run|/Kbuild|/Makefile)$', '/' + file) and \
                file != 'scripts/check/rules.py' and not file.startswith('kunit/golden/'):
            look_at_citations(file, tree.text(file), defined)
            look_at_links(file, tree.text(file))
        if file.endswith('.md'):
            look_at_names(tree, file, tree.text(file))
    if sys.argv[1:] == ['--count']:
        print(', '.join(f'{n} {what}' for what, n in counted.items()))
    else:
        print(''.join(f + '\n' for f in findings), end='')


main()

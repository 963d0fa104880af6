#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""kdoc.py - each contract of a header is written down.

usage: kdoc.py [--tool KERNEL-DOC] HEADER...        findings on standard output, as file:line: text

A prototype, and a structure, union or enum with a name, has a kernel-doc comment directly before it. The comment has
the name and says in a sentence what that is; it describes each parameter, member or value, and no other; it has a
Return: section where the function returns something. An inline function has a comment at least; where that is
kernel-doc, the same holds for it.

The kernel's own scripts/kernel-doc is asked too where --tool names it. Both read a list of X() in the same way: the
values that SIP_FAULTS(X) makes in an enum are described by @SIP_FAULTS, the members that it makes in a structure by @X.
"""
import re
import subprocess
import sys

COMMENT = re.compile(r'/\*.*?\*/', re.S)
DIRECTIVE = re.compile(r'^[ \t]*#(?:[^\n]*\\\n)*[^\n]*', re.M)
STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
LISTS = re.compile(r'(?:[A-Z][A-Z0-9_]*\(\w*\)\s*)+(?=\w)')  # SIPALG_STATS(X) between directives


def finding(file, line, text):
    print(f'{file}:{line}: {text}')


def blanked(text):
    """The text with comments, directives and strings as blanks: each byte keeps its place."""
    for what in COMMENT, DIRECTIVE, STRING:
        text = what.sub(lambda m: re.sub(r'[^\n]', ' ', m[0]), text)
    return text


def statements(code):
    """(begin, end) of each declaration or definition of the top level."""
    depth, begin = 0, None
    for i, c in enumerate(code):
        if begin is None and not c.isspace():
            begin = i
        if c in '({':
            depth += 1
        elif c in ')}':
            depth -= 1
        ends = c == ';' or c == '}' and re.search(r'\)\s*(__\w+\s*)*$', code[begin:code.index('{', begin)])
        if ends and depth == 0:
            begin += len(m[0]) if (m := LISTS.match(code, begin)) else 0
            yield begin, i + 1
            begin = None


def comment_before(text, begin):
    """The comment that ends directly before a place, or None; directives may stand between."""
    *_, last = [None, *COMMENT.finditer(text, 0, begin)]
    if last is None or '\n\n' in text[last.end():begin] or DIRECTIVE.sub('', text[last.end():begin]).strip():
        return None
    return last


def split_at(text, mark):
    """Split at a mark that is in no bracket."""
    parts, depth = [''], 0
    for c in text:
        depth += (c in '({[') - (c in ')}]')
        if c == mark and depth == 0:
            parts.append('')
        else:
            parts[-1] += c
    return parts


def name_of(declarator):
    """The name that a declaration gives: int x, u8 x[4], int (*x)(void), u8 x:3"""
    if m := re.search(r'\(\s*\*\s*(?:const\s+)?(\w+)', declarator):
        return m[1]
    names = re.findall(r'\w+', re.sub(r'\[.*?\]|:\s*\w+\s*$|__\w+\s*$', '', declarator))
    return names[-1] if names else None


def parameters(arguments):
    if arguments.strip() == 'void':
        return []
    return ['...' if '...' in a else name_of(a) for a in split_at(arguments, ',')]


def members(body):
    """Names of the members; those of an anonymous part count as the whole's own, others have its name in front."""
    names = []
    for member in split_at(body, ';'):
        if m := re.match(r'\s*(?:struct|union|enum)\b[^{;]*\{(.*)\}\s*(\w*)', member, re.S):
            inner = members(m[1])
            names += [m[2], *(f'{m[2]}.{n}' for n in inner)] if m[2] else inner
        elif member.strip():
            first, *others = split_at(member, ',')
            names += ['X'] if re.match(r'\s*[A-Z_0-9]+\(X\)', first) else [name_of(first)]
            names += [name_of(o) for o in others]
    return names


def values(body):
    return [m[1] for part in split_at(body, ',') if (m := re.match(r'\s*(\w+)', part))]


def sections(comment):
    """(title, {name: text}, {section: text}) of a kernel-doc comment"""
    lines = [re.sub(r'^\s*\* ?', '', line) for line in comment[3:-2].strip('\n').split('\n')]
    described, named, here = {}, {}, None
    for line in lines[1:]:
        if m := re.match(r'\s*@([\w.]+|\.\.\.):\s*(.*)', line):
            described[m[1]], here = m[2], (described, m[1])
        elif m := re.match(r'(Context|Return):\s*(.*)', line):
            named[m[1]], here = m[2], (named, m[1])
        elif here and line.strip():
            here[0][here[1]] += ' ' + line.strip()
        elif not line.strip():
            here = None
    return lines[0].strip(), described, named


class Declaration:
    """What is declared: its name, what kernel-doc calls it, the names to describe, and what it returns."""

    def __init__(self, code):
        self.kind = self.name = None
        self.names, self.returns = [], False
        head = code.split('{', 1)[0]
        if m := re.match(r'(struct|union|enum)\s+(\w+)(?:\s+__\w+)*\s*\{(.*)\}', code, re.S):
            self.kind, self.name = m[1], m[2]
            self.names = values(m[3]) if m[1] == 'enum' else members(m[3])
        elif re.match(r'typedef\b|[A-Z_0-9]+\(|static_assert', code):
            return
        elif m := re.match(r'([\w\s*]*?[\s*])(\w+)\s*\(', head):
            self.kind, self.name = 'inline' if '{' in code else 'function', m[2]
            self.names = parameters(closed(head, m.end()))
            self.returns = not re.search(r'\bvoid\s+(__\w+\s+)*$', m[1])

    def title(self):
        return f'{self.name}()' if self.kind in ('function', 'inline') else f'{self.kind} {self.name}'


def closed(text, begin):
    """The text from a place to the bracket that closes."""
    depth = 1
    for i in range(begin, len(text)):
        depth += (text[i] == '(') - (text[i] == ')')
        if depth == 0:
            return text[begin:i]
    return text[begin:]


def faults(what, comment):
    """What is wrong with the comment of a declaration."""
    title = what.title()
    if comment is None:
        yield f'{title} has no comment' if what.kind == 'inline' else f'{title} has no kernel-doc'
        return
    if not comment.startswith('/**'):
        if what.kind != 'inline':
            yield f'{title} has a comment that is not kernel-doc'
        return
    first, described, named = sections(comment)
    if not re.match(re.escape(title) + r' - \S', first):
        yield f'{title}: its kernel-doc begins with "{first}"'
    for name in what.names:
        if not described.get(name, '').strip():
            yield f'{title}: no description of {name}'
    for name in described:
        if name not in what.names:
            yield f'{title}: describes {name}, which it does not have'
    if what.returns and not named.get('Return', '').strip():
        yield f'{title}: no Return:'
    if not what.returns and 'Return' in named:
        yield f'{title}: has a Return: and returns nothing'


def look_at(file):
    text = open(file).read()
    code = blanked(text)
    seen = set()
    for begin, end in statements(code):
        what = Declaration(code[begin:end])
        # the other branch of an #if has the comment of the first
        if what.kind is None or what.kind == 'inline' and what.name in seen:
            continue
        seen.add(what.name)
        before = comment_before(text, begin)
        for fault in faults(what, before and before[0]):
            finding(file, text.count('\n', 0, begin) + 1, fault)


def ask_tool(tool, files):
    said = subprocess.run(['perl', tool, '-none', '-v', *files], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    for line in said.stdout.splitlines():
        if re.match(r'\S+:\d+: (warning|error):', line):
            print(line)


def main():
    files = sys.argv[1:]
    tool = None
    if files[:1] == ['--tool']:
        tool, files = files[1], files[2:]
    for file in files:
        look_at(file)
    if tool:
        ask_tool(tool, files)


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""layers.py - the layer rule: what a file may include is told by the folder that it is in.

usage: layers.py FILE...        findings on standard output, as file:line: text

A unit is a .c file and the header of its name, wherever that is. It may include units of its own folder and of the
folders below it in ORDER; folders of one line do not know each other. A header without a .c file has its place in
HEADERS. Files of the top level are the way of a packet: those that begin with sip_ or sdp_ are text, as the folder
text is.

The prefix of a unit says where it builds. sip_ and sdp_ build in user space too, so they include no header of the
kernel but those that kunit/host/include stands in for; sipalg_ needs the kernel.
"""
import os
import re
import sys

ORDER = [['text'], ['net'], ['pinhole'], ['tables'], ['decide', 'transport'], ['module'], ['nf_conntrack_sipalg'],
         ['nf_nat_sipalg']]
HEADERS = {
    'text': 'sip_slice sip_word sip_chars sip_limits sip_step sip_method sip_fault sip_flow',
    'net': 'sipalg_compat sipalg_stats sipalg_call_state',
    'pinhole': 'sipalg_flow',
}
USER_SPACE = os.path.join(os.path.dirname(__file__), '../../kunit/host/include')
PURE = re.compile('s[id]p_')
FEATURES = re.compile(r'SIPALG_(HELPER_COPIED|HELPER_SHORT_INIT|EXPECT_U32_TIMEOUT|EXPECT_ASSIGN_HELPER|'
                      r'REFRESH_WITHOUT_SKB|SYSCTL_SIZED|TCP_TABLE|UDP_TABLE|SYSCTL_CONST|NS_TOKEN|LINUX_UNALIGNED|'
                      r'NAT_NAMED)')

height = {folder: i for i, folders in enumerate(ORDER) for folder in folders}


def finding(file, n, text):
    print(f'{file}:{n}: {text}')


def unit_of(path):
    """The unit of a file; NAME_internal.h is what the files of unit NAME and its kin share."""
    return re.sub(r'_internal$', '', os.path.splitext(os.path.basename(path))[0])


def folder_of_source(path):
    folder, unit = os.path.dirname(path), unit_of(path)
    if folder:
        return folder
    return 'text' if PURE.match(unit) else unit


def places(files):
    """unit -> folder"""
    where = {u: folder for folder, units in HEADERS.items() for u in units.split()}
    for f in files:
        if f.endswith('.c'):
            where[unit_of(f)] = folder_of_source(f)
    return where


def look_at(file, where):
    unit = unit_of(file)
    folder = where.get(unit)
    if folder not in height:
        finding(file, 1, 'its folder, or a header without a .c file, needs a place in scripts/check/layers.py')
        return
    pure = bool(PURE.match(unit))
    if not pure and not re.match('sipalg_|nf_', unit):
        finding(file, 1, 'a unit begins with sip_ or sdp_, and builds in user space, or with sipalg_')
    if pure != (folder == 'text') and unit != 'sip_tcp':
        finding(file, 1, f'{unit} is in {folder}: text begins with sip_ or sdp_, what needs the kernel with sipalg_')
    if file.endswith('.h') and os.path.dirname(file) not in ('include', folder):
        finding(file, 1, f'a header is in include, or beside its .c file in {folder}')
    for n, line in enumerate(open(file), 1):
        if m := re.match(r'\s*#\s*include\s*"([^"]+)"', line):
            look_at_include(file, n, folder, m[1], where)
        elif m := re.match(r'\s*#\s*include\s*(<[^>]+>)', line):
            if pure and not os.path.exists(os.path.join(USER_SPACE, m[1][1:-1])):
                finding(file, n, f'{unit} builds in user space, where there is no {m[1]}')
        if re.search('LINUX_VERSION_CODE|KERNEL_VERSION', line):
            finding(file, n, 'asks for a kernel version: ask for a feature, in Kbuild and sipalg_compat.h')
        if FEATURES.search(line) and unit != 'sipalg_compat':
            finding(file, n, 'kernel differences belong to sipalg_compat.h')


def look_at_include(file, n, folder, name, where):
    other = where.get(unit_of(name))
    if '/' in name:
        finding(file, n, f'includes "{name}" by a path')
    if other not in height:
        finding(file, n, f'includes {name}, which has no place in the layers')
    elif height[other] > height[folder]:
        finding(file, n, f'{folder} may not include {name} of {other}, which is above it')
    elif height[other] == height[folder] and other != folder:
        finding(file, n, f'{folder} may not include {name} of {other}, which is beside it')


DEFINED = re.compile(r'^(?!static)[a-z][\w \t*]*?\b([a-z_]\w+)\([^;{]*\)\s*(?:__\w+\([^\n]*\)\s*)*\{', re.M)
DECLARED = re.compile(r'^(?!static|#)[a-z][\w \t*]*?\b([a-z_]\w+)\([^;{}]*\)\s*;', re.M)


def look_at_prototypes(files):
    """A function is declared in the header of the unit that defines it."""
    defined = {}
    for file in files:
        if file.endswith('.c'):
            for m in DEFINED.finditer(open(file).read()):
                defined.setdefault(m[1], set()).add(unit_of(file))
    for file in files:
        if not file.endswith('.h'):
            continue
        text = re.sub(r'/\*.*?\*/', lambda m: '\n' * m[0].count('\n'), open(file).read(), flags=re.S)
        for m in DECLARED.finditer(text):
            units = defined.get(m[1])
            if units and unit_of(file) not in units:
                finding(file, text.count('\n', 0, m.start()) + 1, f'{m[1]}() is defined in {", ".join(units)}.c')


def main():
    where = places(sys.argv[1:])
    for file in sys.argv[1:]:
        look_at(file, where)
    look_at_prototypes(sys.argv[1:])


main()

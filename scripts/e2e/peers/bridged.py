# SPDX-License-Identifier: GPL-2.0
"""Phones behind a bridge that is a firewall: ADDRESS..."""
from natscene import *


def scenes(addr):
    six = is6(addr)
    phone, provider = Host('lan', addr), Host('wan', PROVIDER6 if six else PROVIDER, user='sbc')
    return both(addr, visit, phone, provider, Host('wan', OTHER6 if six else OTHER, user='carol'))


play(*[s for addr in sys.argv[1:] for s in scenes(addr)])

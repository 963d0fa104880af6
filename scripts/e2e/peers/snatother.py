# SPDX-License-Identifier: GPL-2.0
"""The phone is seen at the address that is named, in its family: ADDRESS..."""
from natscene import *


def scenes(seen):
    six = is6(seen)
    phone = Host('lan', PHONE6 if six else PHONE, seen)
    provider = Host('wan', PROVIDER6 if six else PROVIDER, user='sbc', hidden=INSIDE)
    stranger = Host('wan', OTHER6 if six else OTHER, user='carol', hidden=INSIDE)
    return both(f'seen at {seen}', visit, phone, provider, stranger) + strictly(f'seen at {seen}', visit, phone, provider)


play(*[s for seen in sys.argv[1:] for s in scenes(seen)])

# SPDX-License-Identifier: GPL-2.0
"""A machine inside that has an address outside for itself alone, in both directions: INSIDE OUTSIDE."""
from natscene import *

own, seen = sys.argv[1:3]
FAR, FAR2 = (PROVIDER6, OTHER6) if is6(own) else (PROVIDER, OTHER)
ALICE = Host('lan', own, seen)
SBC = Host('wan', FAR, user='sbc', hidden=INSIDE)
CAROL = Host('wan', FAR2, user='carol', hidden=INSIDE)


def uncalled_for(proto):
    """Calls from outside to who has registered nowhere."""
    c, a = pair(CAROL, ALICE, proto, to=(seen, SIP_PORT))
    uri, own_uri = f'sip:alice@{host(seen)}', f'sip:alice@{host(own)}'
    for first in (0, 1):
        call = whole_call('in', c, a, uri=uri, to=(seen, SIP_PORT), first=first, ends=first,
                          read=own_uri if first else uri)
        equal('its Contact is its public address', (seen, SIP_PORT), where(call.ok.contact))
    whole_call('and back', a, c, uri=c.contact, to=c.at)


play(*both('begun outside', uncalled_for), *both('begun inside', visit, ALICE, SBC, CAROL),
     *both('a server', served, ALICE, SBC, to=(seen, SIP_PORT)), *strictly('begun inside', visit, ALICE, SBC))

# SPDX-License-Identifier: GPL-2.0
# Calls and registrations over IPv6 that is translated. conntrackd 1.4.7 and 1.4.9 have no form of an IPv6 address in
# the NAT of an expectation, so a pinhole that waits arrives without it. Each row holds, or it is known not to.
# tags: failover
# needs: conntrackd
# limit: 3000
# topo: pair
from pair_calls import *
from pair_registered import *
from pair_more import *

UNCARRIED = 'its pinhole arrives without NAT, of which conntrackd carries no IPv6 address'
FAULTS = {
    'reinvite_moved_waiting': UNCARRIED,
    'ringing': UNCARRIED,
    'answered_warm': UNCARRIED,
    'ringing_cold': UNCARRIED,
    'answered_cold': UNCARRIED,
    'ringing_inside_first': UNCARRIED,
    'reg_port': UNCARRIED,
}

play_known(CALLS + CALLED + MORE, FAULTS, library=WHOLE, six='nat66', changes=TRANSLATED6)

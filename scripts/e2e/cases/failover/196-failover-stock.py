# SPDX-License-Identifier: GPL-2.0
# The same rows with the library of Debian 12, which builds expectations without class, NAT and function. Each row holds,
# or it is known not to: what changes is seen either way.
# tags: failover
# needs: conntrackd
# limit: 3000
# topo: pair
from pair_calls import *
from pair_registered import *
from pair_tcp import *
from pair_more import *

UNLED = 'its pinhole arrives without NAT, and leads to the router itself'
FAULTS = {
    'reinvite_moved_waiting': UNLED,
    'ringing': UNLED,
    'answered_warm': UNLED,
    'ringing_cold': UNLED,
    'answered_cold': UNLED,
    'ringing_inside_first': UNLED,
    'reg_port': UNLED,
}

play_known(CALLS + CALLED + STREAMS + MORE, FAULTS)

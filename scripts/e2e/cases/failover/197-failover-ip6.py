# SPDX-License-Identifier: GPL-2.0
# Calls and registrations over IPv6 that is routed outlive a router that dies. Pinholes lead nowhere else there.
# tags: failover
# needs: conntrackd
# limit: 3000
# topo: pair
from pair_calls import *
from pair_registered import *
from pair_more import *

play_rows(CALLS + CALLED + MORE, six='routed')

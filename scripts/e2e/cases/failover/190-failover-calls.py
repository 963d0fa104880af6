# SPDX-License-Identifier: GPL-2.0
# Calls outlive a router that dies: media goes on, the phone offers the same port again, hangs up, is answered and calls
# anew, on a router that has of them what conntrackd carries. The library builds expectations whole.
# tags: failover
# needs: conntrackd
# limit: 1200
# topo: pair
from pair_calls import *

play_rows(CALLS)

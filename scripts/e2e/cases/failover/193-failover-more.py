# SPDX-License-Identifier: GPL-2.0
# The way back to a router that has booted again, hand-overs of two that are alive, twenty phones with the same ports, and
# modules that are loaded anew under calls.
# tags: failover
# needs: conntrackd
# limit: 1500
# topo: pair
from pair_more import *

play_rows(MORE)

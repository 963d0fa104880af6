# SPDX-License-Identifier: GPL-2.0
# A stream of TCP does not outlive its router, whose offsets nobody knows: no end ever reads a wrong byte, both get a reset
# at their first segment, and a phone that connects again is served.
# tags: failover
# needs: conntrackd
# limit: 1500
# topo: pair
from pair_tcp import *

play_rows(STREAMS)

# SPDX-License-Identifier: GPL-2.0
# Ten calls change their router ten times: no media is lost, no port changes, nothing reaches another phone.
# tags: failover
# needs: conntrackd
# limit: 1500
# topo: pair
from pair_more import *

play_rows(HUNDRED)

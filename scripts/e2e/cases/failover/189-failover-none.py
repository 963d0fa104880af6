# SPDX-License-Identifier: GPL-2.0
# What the rows of the failover demand holds on one router that lives. A row that fails here says nothing of a failover.
# tags: failover
# needs: conntrackd
# limit: 3000
# topo: pair
from pair_calls import *
from pair_registered import *
from pair_more import *

play_rows(CALLS + CALLED + MORE, kind=Still)

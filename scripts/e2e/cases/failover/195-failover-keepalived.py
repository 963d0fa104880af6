# SPDX-License-Identifier: GPL-2.0
# keepalived itself moves the addresses to the other router, and calls the script that gives the orders to conntrackd.
# tags: failover
# needs: conntrackd
# limit: 1500
# topo: pair
from pair_kept import *

play_rows(KEPT)

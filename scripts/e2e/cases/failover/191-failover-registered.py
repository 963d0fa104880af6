# SPDX-License-Identifier: GPL-2.0
# Phones that registered at a router are called on the other one, which takes over when the first one dies: at once, from
# the registrar and from other hosts, after silence, and for all the time that was granted.
# tags: failover
# needs: conntrackd
# limit: 1500
# topo: pair
from pair_registered import *

play_rows(CALLED)

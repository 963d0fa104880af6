# SPDX-License-Identifier: GPL-2.0
# Messages in random segments, made by hand: any range in any order, repeated and overlapping, in both
# directions at once, acknowledged late and in parts.
# limit: 300
. ./lib.sh

topo
tcp_addresses
masquerade
load
no_limits
attach_nft
LINES_SHOWN=80 peer tcpstorm "${STORM_SEED:-1}" "${STORM_COUNT:-60}"
is 'nothing failed' '0 0 0' "$(stat commit_failed) $(stat pinholes_full) $(stat pinholes_no_port)"
finish

# SPDX-License-Identifier: GPL-2.0
# Calls that are held and calls that are set up, beside floods of every kind: none is lost, nearly none fails, and no
# table is ever full. By default two attacks beside 50 calls; scripts/flood.sh has them all, beside 200. With
# FLOOD_LIMITS=off most of it must fail.
# limit: 3000
# tags: 6.12
. ./lib.sh

topo
addr lan 10.9.0.1/16
ip -n rtr route add 10.0.0.0/8 via $PHONE
ip -n rtr route add 198.18.0.0/15 via $PROVIDER
in_ns lan ip route add local 10.9.0.0/16 dev lo
masquerade
load
attach_nft
[ "${FLOOD_LIMITS:-}" != off ] || no_limits
sysctl -q net.netfilter.nf_conntrack_max=400000	# of all namespaces
echo 65536 > /sys/module/nf_conntrack/parameters/hashsize
bg sink wan $E2E/flood sink $OTHER 5060
bg answer wan $E2E/flood answer $OTHER 5060 404
addr wan 203.0.113.67/24
addr wan 203.0.113.68/24
addr wan 203.0.113.69/24
addr lan 10.8.0.2/32
bg yes wan $E2E/flood answer 203.0.113.67 5060 200
bg storm wan $E2E/flood storm 203.0.113.68 5060
mapfile -t attacks < <(tr ';' '\n' <<< "${FLOOD_ATTACKS:-invite from inside;register scan}")
LINES_SHOWN=200 peer floods "${FLOOD_SECONDS:-15}" "${FLOOD_CALLS:-50}" "${FLOOD_RATE:-8}" "${attacks[@]}"
case "${attacks[*]}" in *all* | *scan*) is 'what is too many is refused before it is routed' 1 $(($(stat refused_early) > 0)) ;; esac
is 'nothing failed' '0 0' "$(stat commit_failed) $(stat no_memory)"
finish

# SPDX-License-Identifier: GPL-2.0
# header.sh - runs a case that is a Python script: what its header says, then the script. usage: header.sh CASE.py
#
# The header is the comment at the top of the case. Its lines, of which only topo must be there:
#
#   topo: masquerade [ip6]     the network and the firewall of lib.sh, with masquerade
#   topo: routed               without NAT
#   topo: nat                  with guard and nat of scenes.sh: masquerade of IPv4 and IPv6
#   topo: pair                 lan, wan and link for the two routers of pair.py, which boots them with rules of their own
#   addr: lan 192.168.1.{3,4}/24       more addresses of a namespace
#   forward: RULE              the firewall lets this through, too
#   dnat: RULE                 of nat, in prerouting
#   load: NAME=VALUE...        parameters of the module
#   attach: udp | tcp          the helper has this transport alone; else both
#   attach: rtr prerouting [PORTS]       as attach of scenes.sh takes it
#   with: FUNCTION...          of lib.sh, such as no_limits, tcp_addresses, no_spurious
#   after: CHECK...            expectations, calls, bindings, pinholes: none is left; sound; helper: it was attached
#   zero: TEXT: COUNTER...     a check of that name: these counters are 0
#
# Lines of topo, addr, load and attach are words of the shell, a RULE is one of nft. What needs more than that is a case
# in shell, or a few lines of the script. run and e2e.sh read tags, limit and needs.
# shellcheck shell=bash disable=SC2119,SC2120
. ./lib.sh
. ./scenes.sh

case=$1
header=$(sed -n '/^#/!q; s/^# \([a-z]*: .*\)/\1/p' "$case")

# said KEY: what the lines of that key say
said() { sed -n "s/^$1: //p" <<< "$header"; }

# each KEY COMMAND...: with the words of each line of that key
each() {
	local line words
	while IFS= read -r line <&3; do
		eval "words=($line)"
		"${@:2}" "${words[@]}"
	done 3< <(said "$1")
}

network() {
	case $1 in
	masquerade) topo; masquerade "${@:2}" ;;
	routed) topo; route_only ;;
	nat)
		topo
		guard rtr
		nat rtr 'oifname "r1" masquerade;' "$(said dnat)" ;;
	pair) pair ;;
	*) echo "$case: no topo $1"; exit 1 ;;
	esac
}

addresses() { local a; for a in "${@:2}"; do addr "$1" "$a"; done; }

helper() { case ${1:-} in '' | udp | tcp) attach_nft "$@" ;; *) attach "$@" ;; esac }

# at_rest CHECK: what the line `after` names
at_rest() {
	case $1 in
	expectations) is 'expectations left' '' "$(expectations)" ;;
	calls) is 'calls that began have ended' "$(stat calls_added)" "$(stat calls_ended)" ;;
	bindings) is 'bindings that were granted have ended' "$(stat bindings_added)" "$(stat bindings_ended)" ;;
	pinholes) is 'pinholes that opened have closed' "$(stat pinholes_opened)" "$(stat pinholes_closed)" ;;
	helper) ok 'its connections have the helper' helper_attached ;;
	sound) sound ;;
	*) is 'a check of the line after:' known "$1" ;;
	esac
}

# zero TEXT: COUNTER...
zero() {
	local line=$1 name zeros=() values=()
	for name in ${line##*: }; do
		zeros+=(0)
		values+=("$(stat "$name")")
	done
	is "${line%: *}" "${zeros[*]}" "${values[*]}"
}

each topo network
each addr addresses
while IFS= read -r rule <&3; do in_ns rtr nft add rule inet fw forward "$rule"; done 3< <(said forward)
eval "load $(said load)"
[ -n "$(said attach)" ] || [ "$(said topo)" = pair ] || helper
each attach helper
for function in $(said with); do $function; done
play "$case"
while IFS= read -r line <&3; do
	case $line in
	'after: '*) for what in ${line#*: }; do at_rest "$what"; done ;;
	'zero: '*) zero "${line#*: }" ;;
	esac
done 3<<< "$header"
finish

# SPDX-License-Identifier: GPL-2.0
# SECURITY A1 and A2: the shipped rules for iptables and ip6tables, as 161 those for nft; by nf_tables and by the
# kernel's own tables.
# limit: 400
. ./lib.sh
. ./rules.sh

# tools nft|legacy: what iptables and its kin are from now on
tools() {
	local ip program
	program=$(command -v xtables-"$1"-multi)
	mkdir -p $T/bin
	for ip in iptables ip6tables; do ln -sf "$program" $T/bin/$ip; ln -sf "$program" $T/bin/$ip-restore; done
}
load_rules() { shipped sipalg.iptables "$1" "$2" > $T/rules.sh && in_ns rtr sh $T/rules.sh; }

rules_network
modprobe -q ipt_rpfilter || skip_all 'this kernel has no match for rpfilter'
PATH=$T/bin:$PATH
load
tools nft
rules_hold r1 none 'nat 4' 'routed 6'
listed=$(in_ns rtr iptables -S; in_ns rtr ip6tables -S)
ok 'A1: loaded again' load_rules r1 none
is 'it is the same' "$listed" "$(in_ns rtr iptables -S; in_ns rtr ip6tables -S)"
ok 'A1: removed' in_ns rtr sh $T/rules.sh remove
not_ok 'nothing is left of it' grep sipalg <(in_ns rtr iptables -S; in_ns rtr ip6tables -S; in_ns rtr iptables -t raw -S; in_ns rtr iptables -t nat -S)
in_ns rtr iptables -P FORWARD ACCEPT
in_ns rtr ip6tables -P FORWARD ACCEPT

tools legacy
rules_hold none r1 'routed 4' 'nat 6'
ok 'A1: removed again' in_ns rtr sh $T/rules.sh remove
finish

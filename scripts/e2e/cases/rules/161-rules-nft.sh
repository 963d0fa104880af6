# SPDX-License-Identifier: GPL-2.0
# SECURITY A1 and A2: the shipped nft rules as they are, but for the names at their top. What belongs to SIP with
# the proxies passes, over UDP and TCP, IPv4 and IPv6, translated and routed; what does not, does not.
# limit: 400
# tags: smoke 6.12
. ./lib.sh
. ./rules.sh

load_rules() { shipped sipalg.nft "$1" "$2" | in_ns rtr nft -f -; }

rules_network
ok 'A1: the rules bring nf_conntrack_sipalg with them' load_rules r1 none
is 'A1: but not nf_nat_sipalg, so that is to be loaded first' nf_conntrack_sipalg "$(loaded | xargs)"
load
rules_hold r1 none 'nat 4' 'routed 6'
rules_hold none r1 'routed 4' 'nat 6'
is 'A1: loaded again it is the same' "$(in_ns rtr nft -s list ruleset)" "$(load_rules none r1; in_ns rtr nft -s list ruleset)"
finish

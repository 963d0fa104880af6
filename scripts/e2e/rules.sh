# SPDX-License-Identifier: GPL-2.0
# rules.sh - for the cases about the shipped rules: the network with them, and what must and must not pass.
# Sourced behind lib.sh. The case gives load_rules MASQ MASQ6: loads the file as it is, but for its variables.
# shellcheck shell=bash disable=SC2086

# shipped FILE MASQ MASQ6: the file with the variables of this network
shipped() {
	sed -E -e 's/^((define )?lan ?= ?).*/\1r0/' -e 's/^((define )?wan ?= ?).*/\1r1/' \
		-e "s/^((define )?masq ?= ?).*/\1$2/" -e "s/^((define )?masq6 ?= ?).*/\1$3/" "$E2E/rules/$1"
}

# rules_hold MASQ MASQ6 PEER-ARGUMENTS...: pairs "nat 4", all that must pass and must not
rules_hold() {
	local family
	ok "A1: the file is loaded, masquerade $1, $2" load_rules "$1" "$2"
	shift 2
	for family; do
		in_ns rtr conntrack -F > /dev/null 2>&1
		peer rules pass $family
		in_ns rtr conntrack -F > /dev/null 2>&1
		peer rules refuse $family
	done
	is 'A1: expectations left' '' "$(expectations)"
}

# rules_network: routes back for what is not translated
rules_network() {
	topo
	ip -n wan -6 route add fd00:1::/64 via $ROUTER6
	ip -n wan route add 192.168.1.0/24 via $ROUTER
	modprobe -q nft_fib_inet || skip_all 'this kernel has no nft_fib_inet'
	modprobe nf_nat_tftp	# what must not come in is another helper's
}

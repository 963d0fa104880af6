# SPDX-License-Identifier: GPL-2.0
# The module, a namespace, or the connections go away under calls that are up: nothing stays, nothing breaks.
# tags: 6.12 6.1 uml
. ./lib.sh

# alive COUNT: calls that are up, a registration, an INVITE without an answer
alive() { PYTHONPATH=$E2E/lib python3 "$E2E/peers/alive.py" $1; }
calls_up() { in_ns rtr grep -c ' up ' /proc/net/sipalg/calls; }
no_slab() { ! awk '$1 ~ /^sip_/' /proc/slabinfo | grep .; }
expect_count() { expectations | wc -l; }

topo
masquerade
load
attach_nft

# --- connections go
ok 'calls are up' alive 6
is 'six' 6 "$(calls_up)"
is 'pinholes wait' yes "$([ "$(expect_count)" -ge 8 ] && echo yes)"
ok 'conntrack -F' in_ns rtr conntrack -F
is 'their expectations go with them' 0 "$(expect_count)"
ok 'calls after that' alive 3
ok 'and a whole one' call

# --- pinholes go
ok 'conntrack -F expect' in_ns rtr conntrack -F expect
ok 'a whole call' call

# --- the namespace goes
ok 'calls are up' alive 6
ip netns del rtr
ok 'the namespace is gone, and the module can go' unload
ok 'nothing is left of it in memory' no_slab
cleanup

# --- the module goes
for i in 1 2 3 4 5; do
	topo
	masquerade
	load
	attach_nft
	ok "$i: calls are up" alive 5
	if [ $((i % 2)) = 1 ]; then
		is "$i: the rule holds the module" 1 "$(rmmod nf_nat_sipalg && rmmod nf_conntrack_sipalg; echo $?)"
		detach_nft
	else
		detach_nft
		flush
	fi
	is "$i: unloads" '' "$(unload 2>&1; loaded)"
	is "$i: no expectation of ours is left" 0 "$(expect_count)"
	ok "$i: no slab cache is left" no_slab
	is "$i: no file is left" '' "$(ls -d /proc/net/sipalg /proc/sys/net/netfilter/sipalg 2> /dev/null)"
	ok "$i: connections go on without it" in_ns lan ping -c1 -W5 $ROUTER
	cleanup
done

# --- the NAT module alone goes and comes back
topo
masquerade
load
attach_nft
ok 'calls are up' alive 3
ok 'the NAT module goes' rmmod nf_nat_sipalg
before=$(stat no_nat_module)
ok 'messages pass without it' call
is 'and that is counted' yes "$([ "$(stat no_nat_module)" -gt "$before" ] && echo yes)"
ok 'it comes back' load
flush
ok 'a whole call' call
finish

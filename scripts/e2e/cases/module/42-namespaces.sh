# SPDX-License-Identifier: GPL-2.0
# Rule B10: who is root in a namespace of his own, and nowhere else, may set a maximum down but not over what namespaces begin
# with, and writes nothing into the machine's log.
# tags: 6.12
. ./lib.sh

dir=/proc/sys/net/netfilter/sipalg
# own NAME VALUE: set it in a namespace of one's own, and read it there
own() { unshare -Urn bash -c "printf '%s' '$2' > $dir/$1 && cat $dir/$1" 2>&1; }
guessed() {
	sysctl -q net.netfilter.nf_log_all_netns=$1
	dmesg -C
	in_ns rtr sysctl -q net.netfilter.sipalg.block_failures=1
	peer guess
	dmesg | grep -c 'is blocked for' || :
}

topo
masquerade
load calls_max=500
attach_nft
for name in calls_max bindings_max pinholes_per_call calls_per_host bindings_per_host; do
	most=$(in_ns rtr cat $dir/$name)
	is "rule B10: $name: less is taken" $((most - 1)) "$(own $name $((most - 1)))"
	is "rule B10: $name: as much is taken" $most "$(own $name $most)"
	ok "rule B10: $name: more is refused" grep -q 'not permitted' <(own $name $((most + 1)))
	ok "rule B10: $name: no limit is refused" grep -q 'not permitted' <(own $name 0)
done
ok 'rule B10: pinholes_max: more than three quarters of the kernel'"'"'s table is refused' \
	grep -q 'not permitted' <(own pinholes_max 10000000)
is 'rule B10: pinholes_max: less is taken' 10 "$(own pinholes_max 10)"
is 'what is no maximum is taken' 9 "$(own invite_timeout 9)"
ok "the machine's root may set more" in_ns rtr sysctl -q net.netfilter.sipalg.calls_max=100000
is 'and none' 0 "$(in_ns rtr sysctl -q net.netfilter.sipalg.calls_max=0; in_ns rtr cat $dir/calls_max)"
is 'rule B10: nothing of another namespace is in the log' 0 "$(guessed 0 | tail -1)"
in_ns rtr bash -c "echo 'release $PHONE' > /proc/net/sipalg/sources"
is 'but where the machine'"'"'s root wants it' 1 "$(guessed 1 | tail -1)"
finish

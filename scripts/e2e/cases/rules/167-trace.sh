# SPDX-License-Identifier: GPL-2.0
# What an administrator sees: each tracepoint says what a call and a registration do, a guesser is named in the log and
# in the list of sources, and release lets him in again.
# tags: 6.12
. ./lib.sh

tracing=/sys/kernel/tracing
# traced PATTERN: a line of the trace is like that
traced() { grep -E "$1" $T/trace || { tail -40 $T/trace; return 1; }; }

topo
masquerade
load
attach_nft
sysctl -q net.netfilter.nf_log_all_netns=1	# the router is not the first namespace
mountpoint -q $tracing || mount -t tracefs tracefs $tracing
echo 1 > $tracing/events/sipalg/enable
peer traced
cat $tracing/trace > $T/trace
echo 0 > $tracing/events/sipalg/enable
ok 'a message' traced "sipalg_message: $PHONE:5060 > $PROVIDER:5060 INVITE status=0 .* passed messages"
ok 'an answer' traced "sipalg_message: $PROVIDER:5060 > $PHONE:5060 INVITE status=200 .* passed messages"
ok 'a drop' traced "sipalg_message: $PHONE:5060 > .* REGISTER status=0 .* dropped blocked"
ok 'a call begins' traced 'sipalg_call: id=[0-9]+ trying -'
ok 'is up' traced 'sipalg_call: id=[0-9]+ up -'
ok 'and ends' traced 'sipalg_call: id=[0-9]+ ended hung-up'
ok 'a pinhole opens' traced "sipalg_pinhole: real=$PHONE:[0-9]+ mapped=$ROUTER:[0-9]+ opened"
ok 'is taken' traced "sipalg_pinhole: real=$PHONE:[0-9]+ mapped=$ROUTER:[0-9]+ taken"
ok 'and closes' traced "sipalg_pinhole: real=$PHONE:[0-9]+ mapped=$ROUTER:[0-9]+ closed"
ok 'a binding' traced "sipalg_binding: contact=$PHONE:5060 mapped=$ROUTER:5060 bound life_s=3632"
ok 'and its end' traced "sipalg_binding: contact=$PHONE:5060 mapped=$ROUTER:5060 ended"
ok 'a block' traced "sipalg_source: source=$PHONE blocked_s=30"
is 'the log names him once' 1 "$(dmesg | grep -c "$PHONE is blocked for 30 s: 10 registrations or calls failed within 10 s")"
finish

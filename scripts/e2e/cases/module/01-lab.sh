# SPDX-License-Identifier: GPL-2.0
# The lab itself: its network passes what it should and nothing else, its tools run.
# tags: 6.12
. ./lib.sh

topo
masquerade
ok 'IPv4 from lan to wan' in_ns lan ping -c1 -W5 $ROUTER
ok 'IPv6 from lan to router' in_ns lan ping -6 -c1 -W5 fd00:1::1

# echo_at 4|6 PORT ADDRESS: the provider echoes UDP; answer 4|6 ADDRESS PORT: the phone hears its echo
echo_at() { bg "echo$2" wan socat "UDP$1-LISTEN:$2,fork,bind=$3" EXEC:cat; wait_listen udp "$2" wan; }
answer() { echo ping | in_ns lan socat -t1 - "UDP$1:$2:$3,shut-none" | grep ping; }
echo_at 4 5060 $PROVIDER
echo_at 4 6000 $PROVIDER
ok 'signalling passes the firewall' answer 4 $PROVIDER 5060
not_ok 'media without a pinhole does not' answer 4 $PROVIDER 6000
ok 'the source is translated' grep -q "dst=$ROUTER " <(in_ns rtr conntrack -L -p udp --dport 5060 2>&1)
stop echo5060
echo_at 6 5060 "[$PROVIDER6]"
ok 'IPv6 signalling passes' answer 6 "[$PROVIDER6]" 5060
ok 'and is routed' grep -q "dst=$PHONE6 " <(in_ns rtr conntrack -L -f ipv6 2>&1)

ok 'netem' in_ns wan tc qdisc add dev w0 root netem delay 1ms
ok 'tcpdump' in_ns wan timeout 20 tcpdump --version
ok 'python' python3 -c 'import socket, select, struct, json, re, random, time, argparse, hashlib, threading'
baresip_conf b 127.0.0.1 '<sip:a@127.0.0.1>;regint=0'
ok 'baresip' grep -q 'baresip is ready' <(in_ns lan timeout 20 baresip -f $T/b -t 1 2>&1)
finish

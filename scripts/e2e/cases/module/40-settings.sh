# SPDX-License-Identifier: GPL-2.0
# Settings: each at work, per namespace, refused where it is wrong; the files of /proc.
# tags: smoke 6.12 6.1
. ./lib.sh

dir=/proc/sys/net/netfilter/sipalg
get() { in_ns "${2:-rtr}" cat $dir/$1; }
# set_to NAME VALUE [NAMESPACE]
set_to() { in_ns ${3:-rtr} bash -c "printf '%s' \"\$1\" > $dir/$1" - "$2"; }
# seen PORT: what the provider sees of an INVITE to that port
seen() { flush; PYTHONPATH=$E2E/lib python3 "$E2E/peers/udp.py" $1 2>&1; }

topo
masquerade
in_ns rtr nft add rule inet fw forward iifname r0 udp dport 5070-5080 accept
load

# --- auto_attach and ports: no rule is there
is 'without a rule nothing is touched' untouched "$(seen 5060)"
ok 'auto_attach=1' set_to auto_attach 1
is 'now it is translated' translated "$(seen 5060)"
is 'and counted' 1 "$(stat auto_attached)"
is 'another port is not' untouched "$(seen 5070)"
ok 'ports' set_to ports 5070,5080
is 'the first port' translated "$(seen 5070)"
is 'the second port' translated "$(seen 5080)"
is 'no longer the default one' untouched "$(seen 5060)"
is 'ports reads as it was written' 5070,5080 "$(get ports)"
ok 'auto_attach=0' set_to auto_attach 0
is 'nothing is touched again' untouched "$(seen 5070)"
ok 'ports as they were' set_to ports 5060

# --- enabled and rewrite
attach_nft
is 'with a rule' translated "$(seen 5060)"
ok 'enabled=0' set_to enabled 0
packets=$(stat packets) opened="$(stat calls_added) $(stat pinholes_opened)"
is 'as if it were not there' untouched "$(seen 5060)"
is 'not a packet is counted' $packets "$(stat packets)"
is 'nothing is opened' "$opened" "$(stat calls_added) $(stat pinholes_opened)"
ok 'enabled=1' set_to enabled 1
is 'at once there again' translated "$(seen 5060)"
ok 'rewrite=0' set_to rewrite 0
is 'no byte is changed' untouched "$(seen 5060)"
is 'but it is read' yes "$([ "$(stat packets)" -gt $packets ] && echo yes)"
ok 'rewrite=1' set_to rewrite 1

# --- what is wrong is refused and changes nothing
# refuses NAME VALUE
refuses() { not_ok "$1='${2:0:40}' is refused" set_to $1 "$2"; }
before=$(in_ns rtr grep -r . $dir)
for value in 2 -1 $'\n' x 1x 0x1 1.0 '1 1' 99999999999 4294967296 4294967297; do refuses enabled "$value"; done
for value in 0 65536 '5060,' ',5060' '5060,,5070' '5060 5070' "$(seq -s, 17)" sip; do refuses ports "$value"; done
for value in 0 3601 -32; do refuses invite_timeout "$value"; done
refuses call_max_duration 604801
refuses register_max 0
for value in none 0 ANY 'any any' announce; do refuses media_source "$value"; done
refuses signalling_source announced
for value in 20 '20 60 1' '20 x' '-1 5' '1000001 5' '20,60'; do refuses source_invite "$value"; done
for value in '112,' '112 911' abc 12345678901234567890; do refuses emergency_numbers "$value"; done
for value in 10.0.0.0/33 10.0.0 fd00::/129 10.0.0.0/ 10.0.0.0/-1 example.com '10.0.0.0/8,'; do refuses trusted "$value"; done
for value in 0 65536 5-4 5-4-3 1- -5 '1,' 1:2 '1 2' "$(seq -s, 17)"; do refuses keep_ports "$value"; done
for value in 0 1023-2000 2000-1999 65536 1 2000-3000,4000 -; do refuses media_ports "$value"; done
refuses trunks "$(printf '10.0.0.%s,' {1..64})10.0.1.1"
is 'nothing has changed' "$before" "$(in_ns rtr grep -r . $dir)"
ok 'EINVAL is the error' grep -q 'Invalid argument' <(set_to enabled 2 2>&1)

# --- what is right is taken, in every type
for pair in 'invite_timeout 1' 'ports 5060,65535' 'keep_ports 5060,10000-20000,65535' 'media_ports 16384-32767' 'media_source announced' 'signalling_source learned' \
	'source_invite 0 0' 'destination_invite 1000000 1000000' 'emergency_numbers 112,*31#,+49' \
	'trusted 10.0.0.0/8,fd00::/64,192.0.2.1/32' 'call_max_duration 0' 'pinholes_max 10000000'; do
	name=${pair%% *} value=${pair#* }
	ok "$name='$value' is taken" set_to $name "$value"
	is 'and read back' "$value" "$(get $name)"
done

# --- per namespace
is 'another namespace has its own: invite_timeout' 32 "$(get invite_timeout lan)"
is 'ports' 5060 "$(get ports wan)"
ok 'set there' set_to invite_timeout 7 lan
is 'it does not show here' 1 "$(get invite_timeout)"
is 'counters are separate' 0 "$(in_ns lan sed -n 's/^packets //p' /proc/net/sipalg/stats)"

# --- files
is 'stats' '444 root' "$(in_ns rtr stat -c '%a %U' /proc/net/sipalg/stats)"
is 'calls is for root alone' '0' "$(in_ns rtr stat -c %a /proc/net/sipalg/calls | grep -c '[^0]$\|[^0].$')"
is 'settings' '644 root' "$(in_ns rtr stat -c '%a %U' $dir/enabled | sort -u)"
is 'every setting has a module parameter' "$(ls $dir)" "$(ls /sys/module/nf_conntrack_sipalg/parameters)"

# --- module parameters are what a namespace begins with
detach_nft
is 'the module goes' '' "$(unload 2>&1; loaded)"
not_ok 'a wrong parameter is refused' modprobe nf_conntrack_sipalg ports=0
ok 'modprobe with parameters' modprobe nf_conntrack_sipalg auto_attach=1 ports=5060,5070 invite_timeout=5
ok 'and the NAT module' modprobe nf_nat_sipalg
is 'they are in force' '1 5060,5070 5' "$(get auto_attach) $(get ports) $(get invite_timeout)"
is 'modprobe alone makes port 5060 work' translated "$(seen 5060)"
is 'and 5070' translated "$(seen 5070)"
ip netns add late
is 'a namespace made later begins with them' 5 "$(get invite_timeout late)"
ip netns del late
finish

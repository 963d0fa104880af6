# SPDX-License-Identifier: GPL-2.0
# layers.awk - the layer rule: dependencies point one way. usage: awk -f layers.awk FILE...
#
# From low to high. A unit (its .c and its .h) may include itself, the units of its
# own line and those of the lines above its own in this table; `|` separates units
# of one height that may not know each other.
function table() {
	layer("sip_slice sip_word sip_chars sip_limits sip_step sip_cursor sip_addr sip_method sip_fault sip_flow sip_edit sip_uri sip_header sip_start sip_parse sip_body sip_stream sdp_rewrite sip_rewrite")
	layer("sip_tcp")
	layer("sipalg_stats sipalg_settings sipalg_net sip_call_state sipalg_compat sip_inet sip_neighbour sip_route sipalg_trace")
	layer("sip_source | sip_quota")
	layer("sip_master")
	layer("sip_pinhole sip_pinhole_conns sip_port sip_forward sip_caller sip_pinhole_real sip_turn")
	layer("sipalg_flow")
	layer("sip_call sip_call_media sip_call_tx sip_call_list | sip_binding | sipalg_stream")
	layer("sipalg_ctx")
	layer("sipalg_decide | sipalg_emergency | sipalg_packet | sipalg_inside | sipalg_contact")
	layer("sipalg_media")
	layer("sipalg_dialog | sipalg_register | sipalg_flood | sipalg_hooks | sipalg_ack | sipalg_handshake")
	layer("sipalg_segment")
	layer("nf_conntrack_sipalg")
	layer("nf_nat_sipalg")
}

function layer(units,    part, word, n, m, i, j) {
	height++
	n = split(units, part, "|")
	for (i = 1; i <= n; i++) {
		group++
		m = split(part[i], word, " ")
		for (j = 1; j <= m; j++) {
			level[word[j]] = height
			group_of[word[j]] = group
		}
	}
}

function finding(text) { print FILENAME ":" FNR ": " text }

BEGIN { table() }

FNR == 1 {
	unit = FILENAME
	sub(/.*\//, "", unit)
	sub(/\.[ch]$/, "", unit)
	if (!(unit in level))
		finding("a new unit: give it a place in scripts/check/layers.awk")
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	other = quoted[2]
	if (other ~ /\//)
		finding("includes \"" other "\" by a path")
	sub(/.*\//, "", other)
	sub(/\.h$/, "", other)
	if (!(other in level))
		finding("includes " other ", which has no place in the layers")
	else if (level[other] > level[unit])
		finding(unit " may not include " other ", which is above it")
	else if (level[other] == level[unit] && group_of[other] != group_of[unit])
		finding(unit " may not include " other ", which is beside it")
}

# the text core builds in user space, where these few are all there is
/^[ \t]*#[ \t]*include[ \t]*</ && level[unit] == 1 && !/<(linux\/(types|string|errno|stddef|kernel|bitops)|asm\/byteorder)\.h>/ {
	finding("the text core may not include " $2)
}

# the old world lives in one room
/LINUX_VERSION_CODE|KERNEL_VERSION/ {
	finding("asks for a kernel version: ask for a feature, in Kbuild and sipalg_compat.h")
}
/SIPALG_(HELPER_COPIED|HELPER_SHORT_INIT|EXPECT_U32_TIMEOUT|EXPECT_ASSIGN_HELPER|REFRESH_WITHOUT_SKB|SYSCTL_SIZED|TCP_TABLE|UDP_TABLE|SYSCTL_CONST|NS_TOKEN|LINUX_UNALIGNED|NAT_NAMED)/ &&
unit != "sipalg_compat" { finding("kernel differences belong to sipalg_compat.h") }

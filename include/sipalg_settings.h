/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_settings: every knob, once.
 *
 * From this list come the sysctls net.netfilter.sipalg.*, the module
 * parameters of the same names, which are the defaults of namespaces made later,
 * and the table of docs/settings.md: X(name, type, default, min, max, zero, text).  @zero: 0
 * is allowed too, and switches the thing off.  Times are in seconds.  A knob that is
 * taken, but does nothing so far, says so in its text.
 */
#ifndef _SIPALG_SETTINGS_H
#define _SIPALG_SETTINGS_H

#include <linux/types.h>
#include "sip_addr.h"

#define SIPALG_SETTINGS(X) \
	X(enabled, number, "1", 0, 1, 0, "0: as if the helper were not there; connections that exist go on") \
	X(rewrite, number, "1", 0, 1, 0, "0: pinholes only, no byte of a message is changed; under NAT for media that inside hosts send") \
	X(auto_attach, number, "0", 0, 1, 0, "1: new connections to ports get the helper without a rule") \
	X(ports, ports, "5060", 1, 65535, 0, "for auto_attach, up to 16, comma separated") \
	X(unknown_nat, number, "1", 0, 1, 0, "pass messages of unknown method under NAT") \
	X(unknown_route, number, "1", 0, 1, 0, "pass messages of unknown method without NAT") \
	X(strict, number, "0", 0, 1, 0, "1: what cannot be read makes a message malformed, and such are dropped") \
	X(hairpin, number, "1", 0, 1, 0, "media between two inside hosts goes directly") \
	X(inside_media, number, "0", 0, 1, 0, "media may be on another inside host than the sender") \
	X(second_address, second_address, "neighbour", 0, 2, 0, "whose media may be at another IPv6 address than the sender's: off (nobody's), neighbour (that of the same station, by the router's neighbour table), prefix (any host's of the same link and /64)") \
	X(tcp_media, number, "0", 0, 1, 0, "media over TCP may be opened") \
	X(tcp_contact, number, "0", 0, 1, 0, "a TCP contact may have a port of its own; 0: calls come in over the connection that registered it") \
	X(tcp_resync, number, "0", 0, 1, 0, "TCP streams may be taken up in the middle, after a failover") \
	X(keep_ports, ranges, "", 1, 65535, 0, "ports that are never published, up to 16 and ranges LOW-HIGH, comma separated: what an exposed host serves, what is forwarded by mark or by source") \
	X(keep_forwards, number, "1", 0, 1, 0, "1: a port that a rule of NAT forwards to another host is not published; the rules are asked with a packet that is not sent") \
	X(media_ports, range, "", 1024, 65535, 0, "LOW-HIGH: the ports that media is published at under NAT, so that a firewall in front can name them; empty: a stream keeps its port where that is free") \
	X(media_source, media_source, "any", 0, 2, 0, "who may use a media pinhole: any, announced, signalling") \
	X(signalling_source, signalling_source, "any", 0, 2, 0, "who may call in through a binding: registrar, learned (he and the hosts of Path and Service-Route in his answers to REGISTER), any") \
	X(invite_timeout, number, "32", 1, 3600, 0, "an INVITE without any answer") \
	X(ringing_timeout, number, "210", 1, 3600, 0, "an INVITE with provisional answers only") \
	X(call_timeout, number, "43200", 60, 604800, 0, "a call without session timer, since its last message") \
	X(call_max_duration, number, "0", 1, 604800, 1, "longest call; 0: no limit") \
	X(media_timeout, number, "120", 1, 86400, 1, "a silent media stream") \
	X(hold_timeout, number, "7200", 1, 86400, 1, "a silent media stream that is held") \
	X(dead_call_timeout, number, "0", 1, 604800, 1, "a call whose media and signalling are silent") \
	X(register_default, number, "3600", 1, 604800, 0, "a registration that says no time") \
	X(register_min, number, "60", 1, 604800, 0, "shortest life of a binding") \
	X(register_max, number, "86400", 1, 604800, 0, "longest life of a binding") \
	X(source_invite, rate, "20 60", 0, 1000000, 1, "INVITE a source: packets a second, burst") \
	X(source_register, rate, "10 50", 0, 1000000, 1, "REGISTER a source") \
	X(source_options, rate, "10 30", 0, 1000000, 1, "OPTIONS a source") \
	X(source_subscribe, rate, "20 100", 0, 1000000, 1, "SUBSCRIBE, PUBLISH, NOTIFY a source") \
	X(source_other, rate, "50 200", 0, 1000000, 1, "other requests a source") \
	X(source_response, rate, "200 800", 0, 1000000, 1, "responses a source") \
	X(emergency_numbers, numbers, "112,911", 0, 0, 0, "called from inside, a few a minute go by the limits, and one is over the quota; up to 16, comma separated") \
	X(destination_invite, rate, "200 400", 0, 1000000, 1, "INVITE to one proxy") \
	X(destination_register, rate, "1000 2000", 0, 1000000, 1, "REGISTER to one proxy") \
	X(block_failures, number, "10", 0, 86400, 1, "failures that block a source") \
	X(block_window, number, "10", 0, 86400, 1, "within this time") \
	X(block_time, number, "30", 0, 86400, 1, "for this time, doubled each time") \
	X(block_time_max, number, "600", 0, 86400, 1, "up to this time") \
	X(calls_per_host, number, "100", 0, 10000000, 1, "calls of one inside host") \
	X(bindings_per_host, number, "256", 0, 10000000, 1, "bindings of one inside host") \
	X(host_prefix6, number, "64", 1, 128, 0, "length of the prefix that counts as one host in IPv6, for limits, blocks and quotas") \
	X(calls_max, number, "16384", 0, 10000000, 1, "calls in all; 0: no limit") \
	X(bindings_max, number, "65536", 0, 10000000, 1, "bindings in all; 0: no limit") \
	X(pinholes_per_call, number, "64", 0, 10000000, 1, "pinholes of one call; 0: no limit") \
	X(pinholes_max, number, "0", 0, 10000000, 1, "pinholes in all; 0: three quarters of the kernel's table") \
	X(trusted, prefixes, "", 0, 0, 0, "sources without flood limits, up to 64 prefixes, comma separated") \
	X(trunks, prefixes, "", 0, 0, 0, "addresses without quotas per host, up to 64 prefixes") \
	X(log_calls, number, "0", 0, 1, 0, "one line in the kernel log at a call's end")

enum sipalg_media_source {
	SIPALG_MEDIA_ANY,
	SIPALG_MEDIA_ANNOUNCED,
	SIPALG_MEDIA_SIGNALLING,
};

enum sipalg_signalling_source {
	SIPALG_SIGNALLING_REGISTRAR,
	SIPALG_SIGNALLING_LEARNED,
	SIPALG_SIGNALLING_ANY,
};

enum sipalg_second_address {
	SIPALG_SECOND_OFF,
	SIPALG_SECOND_NEIGHBOUR,
	SIPALG_SECOND_PREFIX,
};

enum {
	SIPALG_MAX_PORTS	= 16,
	SIPALG_MAX_RANGES	= 16,
	SIPALG_MAX_NUMBERS	= 16,
	SIPALG_MAX_NUMBER_LEN	= 16,
	SIPALG_MAX_PREFIXES	= 64,
};

struct sipalg_rate {
	u32 rate;	/* packets a second; 0: no limit */
	u32 burst;
};

struct sipalg_ports {
	u16 n;
	u16 port[SIPALG_MAX_PORTS];
};

struct sipalg_range {
	u16 low;	/* host byte order; of no range 0 */
	u16 high;
};

struct sipalg_ranges {
	u8 n;
	struct sipalg_range range[SIPALG_MAX_RANGES];
};

struct sipalg_numbers {
	u8 n;
	char number[SIPALG_MAX_NUMBERS][SIPALG_MAX_NUMBER_LEN];
};

struct sipalg_prefix {
	struct sip_addr addr;
	u8 len;
};

struct sipalg_prefixes {
	u8 n;
	struct sipalg_prefix prefix[SIPALG_MAX_PREFIXES];
};

/* the C type behind each type of setting */
#define SIPALG_TYPE_number		u32
#define SIPALG_TYPE_media_source	u32
#define SIPALG_TYPE_signalling_source	u32
#define SIPALG_TYPE_second_address	u32
#define SIPALG_TYPE_rate		struct sipalg_rate
#define SIPALG_TYPE_ports		struct sipalg_ports
#define SIPALG_TYPE_range		struct sipalg_range
#define SIPALG_TYPE_ranges		struct sipalg_ranges
#define SIPALG_TYPE_numbers		struct sipalg_numbers
#define SIPALG_TYPE_prefixes		struct sipalg_prefixes

/*
 * All settings of a namespace.  An object of this type never changes: a write
 * makes a new one and hands it over by RCU, so a packet that took the pointer
 * once sees one consistent set.
 */
struct sipalg_settings {
	struct rcu_head rcu;
#define X(name, type, def, min, max, zero, text) SIPALG_TYPE_##type name;
	SIPALG_SETTINGS(X)
#undef X
};

struct sipalg_net;

/* Whether @addr is in one of those. */
bool sipalg_prefixes_have(const struct sipalg_prefixes *prefixes, const struct sip_addr *addr);

/* Whether @port, in host byte order, is in one of those. */
bool sipalg_ranges_have(const struct sipalg_ranges *ranges, u16 port);

/* The first @len bits of an IPv6 address; one of IPv4 as it is. */
struct sip_addr sipalg_prefix_of(const struct sip_addr *addr, u8 len);

/**
 * sipalg_host_len() - how much of an address counts as one host, for limits, blocks and quotas
 * @sn: namespace
 * @addr: an address
 *
 * In IPv6 it is a prefix of host_prefix6 bits, for whoever has one address of such has them all
 * (RFC 4291 2.5.4, RFC 6177); but what comes through NAT64 has an IPv4 address (RFC 6052 2.1).
 *
 * Context: under rcu_read_lock().
 * Return: bits; 128: all.
 */
u8 sipalg_host_len(const struct sipalg_net *sn, const struct sip_addr *addr);

/**
 * sipalg_settings_setup() - give a namespace its settings
 * @sn: the namespace
 *
 * Context: process context.
 * Return: 0 or -ENOMEM.
 */
int sipalg_settings_setup(struct sipalg_net *sn);

/**
 * sipalg_settings_start() - let people change them, and attach the helper if they say so
 * @sn: the namespace, all of it set up
 *
 * Context: process context.
 * Return: 0 or -errno.
 */
int sipalg_settings_start(struct sipalg_net *sn);

/**
 * sipalg_settings_stop() - the reverse
 * @sn: the namespace; a grace period comes before anything of it is freed
 */
void sipalg_settings_stop(struct sipalg_net *sn);

/**
 * sipalg_settings_teardown() - take the settings away
 * @sn: the namespace; no packet is under way in it
 */
void sipalg_settings_teardown(struct sipalg_net *sn);

#endif /* _SIPALG_SETTINGS_H */

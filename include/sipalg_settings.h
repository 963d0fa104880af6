/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_settings: the list of all settings.
 *
 * Three things are made from this list: the sysctls net.netfilter.sipalg.*, the module parameters
 * of the same names, which are the defaults of namespaces that are made later, and the table of
 * docs/settings.md.  An entry is X(name, type, default, min, max, zero, text).  Where zero is 1,
 * the value 0 is allowed below min, and switches the function off.  Times are in seconds.
 */
#ifndef _SIPALG_SETTINGS_H
#define _SIPALG_SETTINGS_H

#include <linux/types.h>
#include "sip_addr.h"

#define SIPALG_SETTINGS(X) \
	X(enabled, number, "1", 0, 1, 0, "0: the helper does nothing, as if it were not there; connections that exist go on") \
	X(rewrite, number, "1", 0, 1, 0, "0: the helper opens pinholes and changes no byte of a message; under NAT only media that inside hosts send first goes through") \
	X(auto_attach, number, "0", 0, 1, 0, "1: new connections to the ports in `ports` get the helper without a rule") \
	X(ports, ports, "5060", 1, 65535, 0, "ports to which auto_attach applies, up to 16, comma separated") \
	X(unknown_nat, number, "1", 0, 1, 0, "0: messages of an unknown method are dropped where addresses are translated") \
	X(unknown_route, number, "1", 0, 1, 0, "0: messages of an unknown method are dropped where no address is translated") \
	X(strict, number, "0", 0, 1, 0, "1: a part that cannot be read makes its message malformed, and malformed messages are dropped") \
	X(hairpin, number, "1", 0, 1, 0, "1: media between two inside hosts goes directly from one to the other") \
	X(inside_media, number, "0", 0, 1, 0, "1: an inside host may announce media at the address of another inside host") \
	X(second_address, second_address, "neighbour", 0, 2, 0, "IPv6 addresses other than its own at which a host may announce media: off (none), neighbour (those of the same station, by the neighbour table of the router), prefix (those of the same link and /64)") \
	X(tcp_media, number, "0", 0, 1, 0, "1: media over TCP may be opened") \
	X(tcp_contact, number, "0", 0, 1, 0, "1: a TCP contact may have a port of its own; 0: calls come in over the connection that registered it") \
	X(tcp_resync, number, "0", 0, 1, 0, "1: the helper joins a TCP stream in its middle where nothing is translated, after a failover") \
	X(keep_ports, ranges, "", 1, 65535, 0, "ports that are never published, up to 16 ports and ranges LOW-HIGH, comma separated: ports that an exposed host serves, or that rules forward by mark or by source") \
	X(keep_forwards, number, "1", 0, 1, 0, "1: a port that a rule of NAT forwards to another host is not published; the rules are asked with a packet that is not sent") \
	X(media_ports, range, "", 1024, 65535, 0, "LOW-HIGH: media is published at these ports under NAT, so that a firewall in front can name them; empty: a stream keeps its port where that is free") \
	X(media_source, media_source, "any", 0, 2, 0, "hosts that may send to a media pinhole: any, announced (the addresses in the descriptions), signalling (the other end of the signalling)") \
	X(signalling_source, signalling_source, "any", 0, 2, 0, "hosts that may call in through a registration: registrar, learned (the registrar, and the hosts of Path and Service-Route in its answers to REGISTER), any") \
	X(invite_timeout, number, "32", 1, 3600, 0, "life of a call whose INVITE has no answer") \
	X(ringing_timeout, number, "210", 1, 3600, 0, "life of a call whose INVITE has provisional answers only") \
	X(call_timeout, number, "43200", 60, 604800, 0, "life of a call without a session timer after its last message") \
	X(call_max_duration, number, "0", 1, 604800, 1, "longest life of a call; 0: no limit") \
	X(media_timeout, number, "120", 1, 86400, 1, "a media stream that is silent for this time ends") \
	X(hold_timeout, number, "7200", 1, 86400, 1, "a media stream that is on hold and silent for this time ends") \
	X(dead_call_timeout, number, "0", 1, 604800, 1, "a call whose media and signalling are silent for this time ends; 0: never") \
	X(register_default, number, "3600", 1, 604800, 0, "life of a registration that names no time") \
	X(register_min, number, "60", 1, 604800, 0, "shortest life of a registration") \
	X(register_max, number, "86400", 1, 604800, 0, "longest life of a registration") \
	X(source_invite, rate, "20 60", 0, 1000000, 1, "INVITE messages that one source may send: packets a second, burst") \
	X(source_register, rate, "10 50", 0, 1000000, 1, "REGISTER messages that one source may send: packets a second, burst") \
	X(source_options, rate, "10 30", 0, 1000000, 1, "OPTIONS messages that one source may send: packets a second, burst") \
	X(source_subscribe, rate, "20 100", 0, 1000000, 1, "SUBSCRIBE, PUBLISH and NOTIFY messages that one source may send: packets a second, burst") \
	X(source_other, rate, "50 200", 0, 1000000, 1, "other requests that one source may send: packets a second, burst") \
	X(source_response, rate, "200 800", 0, 1000000, 1, "responses that one source may send: packets a second, burst") \
	X(emergency_numbers, numbers, "112,911", 0, 0, 0, "numbers that inside hosts may call over the limits, a few times a minute, and with one call over the quota; up to 16, comma separated") \
	X(destination_invite, rate, "200 400", 0, 1000000, 1, "INVITE messages that one proxy may get from strangers: packets a second, burst") \
	X(destination_register, rate, "1000 2000", 0, 1000000, 1, "REGISTER messages that one proxy may get from strangers: packets a second, burst") \
	X(block_failures, number, "10", 0, 86400, 1, "failures of one source within block_window that block it; 0: never") \
	X(block_window, number, "10", 0, 86400, 1, "time in which the failures of a source are counted for block_failures") \
	X(block_time, number, "30", 0, 86400, 1, "length of the first block of a source; each further block is twice as long") \
	X(block_time_max, number, "600", 0, 86400, 1, "longest block of a source") \
	X(calls_per_host, number, "100", 0, 10000000, 1, "calls that one inside host may have; 0: no limit") \
	X(bindings_per_host, number, "256", 0, 10000000, 1, "registered contacts that one inside host may have; 0: no limit") \
	X(host_prefix6, number, "64", 1, 128, 0, "length of the IPv6 prefix that counts as one host, for limits, blocks and quotas") \
	X(calls_max, number, "16384", 0, 10000000, 1, "calls that may exist at a time; 0: no limit") \
	X(bindings_max, number, "65536", 0, 10000000, 1, "registered contacts that may exist at a time; 0: no limit") \
	X(pinholes_per_call, number, "64", 0, 10000000, 1, "pinholes that one call may have; 0: no limit") \
	X(pinholes_max, number, "0", 0, 10000000, 1, "pinholes that may exist at a time; 0: three quarters of the table of expectations in the kernel") \
	X(trusted, prefixes, "", 0, 0, 0, "sources to which no flood limit applies, up to 64 prefixes, comma separated") \
	X(trunks, prefixes, "", 0, 0, 0, "addresses to which no quota of a host applies, up to 64 prefixes, comma separated") \
	X(log_calls, number, "0", 0, 1, 0, "1: the kernel log gets one line at the end of each call")

/**
 * enum sipalg_media_source - values of the setting media_source: hosts that may send to a pinhole
 * @SIPALG_MEDIA_ANY: any host
 * @SIPALG_MEDIA_ANNOUNCED: the address that the description of the other side names
 * @SIPALG_MEDIA_SIGNALLING: the other end of the signalling connection
 */
enum sipalg_media_source {
	SIPALG_MEDIA_ANY,
	SIPALG_MEDIA_ANNOUNCED,
	SIPALG_MEDIA_SIGNALLING,
};

/**
 * enum sipalg_signalling_source - values of the setting signalling_source: hosts that may call in
 * @SIPALG_SIGNALLING_REGISTRAR: the registrar
 * @SIPALG_SIGNALLING_LEARNED: the registrar, and the hosts of Path and Service-Route in its answers
 * @SIPALG_SIGNALLING_ANY: any host
 */
enum sipalg_signalling_source {
	SIPALG_SIGNALLING_REGISTRAR,
	SIPALG_SIGNALLING_LEARNED,
	SIPALG_SIGNALLING_ANY,
};

/**
 * enum sipalg_second_address - values of the setting second_address
 * @SIPALG_SECOND_OFF: a host announces media at its own address only
 * @SIPALG_SECOND_NEIGHBOUR: a host may announce media at an IPv6 address of the same station
 * @SIPALG_SECOND_PREFIX: a host may announce media at an IPv6 address of the same link and /64
 */
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

/**
 * struct sipalg_rate - a limit of messages
 * @rate: messages a second; 0: no limit
 * @burst: messages that may come at once
 */
struct sipalg_rate {
	u32 rate;
	u32 burst;
};

/**
 * struct sipalg_ports - a list of ports
 * @n: number of ports in @port
 * @port: the ports, in host byte order
 */
struct sipalg_ports {
	u16 n;
	u16 port[SIPALG_MAX_PORTS];
};

/**
 * struct sipalg_range - a range of ports
 * @low: the first port, in host byte order; 0: there is no range
 * @high: the last port, in host byte order, not below @low
 */
struct sipalg_range {
	u16 low;
	u16 high;
};

/**
 * struct sipalg_ranges - a list of ranges of ports
 * @n: number of ranges in @range
 * @range: the ranges, in the order in which they were written
 */
struct sipalg_ranges {
	u8 n;
	struct sipalg_range range[SIPALG_MAX_RANGES];
};

/**
 * struct sipalg_numbers - a list of telephone numbers
 * @n: number of entries in @number
 * @number: the telephone numbers, each a string that ends with NUL
 */
struct sipalg_numbers {
	u8 n;
	char number[SIPALG_MAX_NUMBERS][SIPALG_MAX_NUMBER_LEN];
};

/**
 * struct sipalg_prefix - a network
 * @addr: an address of the network
 * @len: length of the prefix in bits, 0 to 32 for IPv4, 0 to 128 for IPv6
 */
struct sipalg_prefix {
	struct sip_addr addr;
	u8 len;
};

/**
 * struct sipalg_prefixes - a list of networks
 * @n: number of networks in @prefix
 * @prefix: the networks, in the order in which they were written
 */
struct sipalg_prefixes {
	u8 n;
	struct sipalg_prefix prefix[SIPALG_MAX_PREFIXES];
};

/* the C type of each type of setting */
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

/**
 * struct sipalg_settings - all settings of a namespace
 * @rcu: for kfree_rcu()
 * @version: number of writes before this object, so that two objects can be told apart
 * @X: one member for each entry of the list SIPALG_SETTINGS, of its name and type
 *
 * An object of this type never changes.  A write to a setting makes a new object and publishes
 * it by RCU, so a packet that reads the pointer once sees one consistent set.
 */
struct sipalg_settings {
	struct rcu_head rcu;
	u64 version;
#define X(name, type, def, min, max, zero, text) SIPALG_TYPE_##type name;
	SIPALG_SETTINGS(X)
#undef X
};

struct sipalg_net;

/**
 * sipalg_prefixes_have() - ask whether an address is in one of several networks
 * @prefixes: the networks
 * @addr: the address
 *
 * Context: any.
 * Return: true where one of @prefixes has the family of @addr and contains it.
 */
bool sipalg_prefixes_have(const struct sipalg_prefixes *prefixes, const struct sip_addr *addr);

/**
 * sipalg_ranges_have() - ask whether a port is in one of several ranges
 * @ranges: the ranges
 * @port: the port, in host byte order
 *
 * Context: any.
 * Return: true where one of @ranges contains @port.
 */
bool sipalg_ranges_have(const struct sipalg_ranges *ranges, u16 port);

/**
 * sipalg_prefix_of() - cut an address to its prefix
 * @addr: the address
 * @len: length of the prefix in bits, 0 to 128; an IPv4 address ignores it
 *
 * Context: any.
 * Return: the first @len bits of an IPv6 address, with 0 after them; an IPv4 address unchanged.
 */
struct sip_addr sipalg_prefix_of(const struct sip_addr *addr, u8 len);

/**
 * sipalg_host_len() - tell how much of an address names one host, for limits, blocks and quotas
 * @sn: namespace
 * @addr: the address
 *
 * In IPv6 a prefix of host_prefix6 bits counts as one host, because a host that has one address
 * of a prefix can use all of them (RFC 4291 2.5.4, RFC 6177).  An address of 64:ff9b::/96 comes
 * through NAT64 and stands for one IPv4 address (RFC 6052 2.1), so it counts in full.
 *
 * Context: under rcu_read_lock().
 * Return: the length in bits, 1 to 128; 128: the whole address.
 */
u8 sipalg_host_len(const struct sipalg_net *sn, const struct sip_addr *addr);

/**
 * sipalg_settings_setup() - give a namespace its settings
 * @sn: the namespace
 *
 * The namespace begins with the values of the module parameters.
 *
 * Context: process context.
 * Return: 0; -ENOMEM; -EINVAL: a built-in default cannot be read.
 */
int sipalg_settings_setup(struct sipalg_net *sn);

/**
 * sipalg_settings_start() - register the sysctls, and attach the helper if auto_attach is 1
 * @sn: the namespace; all its tables are set up
 *
 * Context: process context.
 * Return: 0; -ENOMEM, or the error of the function of sipalg_set_attach(): then no sysctl is
 * registered.
 */
int sipalg_settings_start(struct sipalg_net *sn);

/**
 * sipalg_settings_stop() - remove the sysctls, and the hooks of auto_attach
 * @sn: the namespace; the caller waits for a grace period before it frees anything of it
 *
 * Context: process context.
 */
void sipalg_settings_stop(struct sipalg_net *sn);

/**
 * sipalg_settings_teardown() - free the settings of a namespace
 * @sn: the namespace; no packet is in it any more
 *
 * Context: process context.
 */
void sipalg_settings_teardown(struct sipalg_net *sn);

/**
 * sipalg_set_attach() - set the function that a change of auto_attach calls
 * @fn: the function; it registers the hooks of a namespace where its argument on is true, else it
 *	unregisters them; it returns 0 or -errno
 *
 * The settings are in a lower layer than the hooks, so the owner of the hooks hands its function
 * down.
 *
 * Context: process context, before the first namespace is set up.
 */
void sipalg_set_attach(int (*fn)(struct sipalg_net *sn, bool on));

#endif /* _SIPALG_SETTINGS_H */

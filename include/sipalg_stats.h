/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_stats: the list of all counters.
 *
 * Three things are made from this list: the enum, the lines of /proc/net/sipalg/stats, and the
 * table of docs/counters.md.  An entry is X(NAME, name, text).  The counters malformed_<name> and
 * left_<name> are made from SIP_FAULTS and SIP_LEFTS in sip_fault.h.
 */
#ifndef _SIPALG_STATS_H
#define _SIPALG_STATS_H

#include "sip_fault.h"

#define SIPALG_STATS(X) \
	X(PACKETS, packets, "packets of connections that have this helper") \
	X(MESSAGES, messages, "SIP messages read") \
	X(REQUESTS, requests, "SIP requests read") \
	X(RESPONSES, responses, "SIP responses read") \
	X(TRANSLATED, translated, "packets of which at least one byte was changed") \
	X(LED_TO_VIA, led_to_via, "packets that were led to the port in the Via of the phone, where it listens") \
	X(NOT_SIP, not_sip, "passed: the first line is not a line of SIP, or the packet is a keep-alive") \
	X(UNKNOWN_METHOD, unknown_method, "translated and passed: the method is unknown") \
	X(UNKNOWN_DROPPED, unknown_dropped, "dropped: the method is unknown, and unknown_nat=0 or unknown_route=0") \
	X(MALFORMED_DROPPED, malformed_dropped, "dropped: the message is malformed, and strict=1") \
	X(UDP_LENGTH, udp_length, "passed: the packet has bytes after the end of the UDP datagram") \
	X(UDP_GSO, udp_gso, "passed: one buffer has several datagrams") \
	X(NO_MEMORY, no_memory, "passed unchanged: no memory was left") \
	X(NO_NAT_MODULE, no_nat_module, "passed unchanged: NAT is done, but nf_nat_sipalg is not loaded") \
	X(TOO_MANY_EDITS, too_many_edits, "passed unchanged: the message needs more edits or growth than the limits allow") \
	X(COMMIT_FAILED, commit_failed, "passed unchanged: the packet could not be written") \
	X(FOREIGN_VIA, foreign_via, "opened nothing: the top Via names another host than the sender") \
	X(FOREIGN_MEDIA, foreign_media, "opened nothing: a media section names another host than the sender") \
	X(NO_HOST, no_host, "opened nothing: the address of the sender is loopback, multicast, broadcast, or under NAT link-local") \
	X(LOW_PORT, low_port, "opened nothing: the port is below 1024") \
	X(TCP_MEDIA, tcp_media, "opened nothing: the media is over TCP, and tcp_media=0") \
	X(MEDIA_OVER, media_over, "media sections over the limit, which are passed unchanged") \
	X(OUT_OF_DIALOG, out_of_dialog, "opened nothing: the message answers no pending request, or is out of the sequence of its dialog") \
	X(FLOOD_INVITE, flood_invite, "dropped: one source has sent more INVITE messages than source_invite allows") \
	X(FLOOD_REGISTER, flood_register, "dropped: one source has sent more REGISTER messages than source_register allows") \
	X(FLOOD_OPTIONS, flood_options, "dropped: one source has sent more OPTIONS messages than source_options allows") \
	X(FLOOD_SUBSCRIBE, flood_subscribe, "dropped: one source has sent more SUBSCRIBE, PUBLISH and NOTIFY messages than source_subscribe allows") \
	X(FLOOD_OTHER, flood_other, "dropped: one source has sent more other requests than source_other allows") \
	X(FLOOD_RESPONSE, flood_response, "dropped: one source has sent more responses than source_response allows") \
	X(FLOOD_DESTINATION, flood_destination, "dropped: strangers have sent more INVITE or REGISTER messages to one proxy than destination_invite or destination_register allows") \
	X(BLOCKED, blocked, "dropped: the source is blocked") \
	X(REFUSED_EARLY, refused_early, "messages of blocked sources or over a flood limit that were dropped before they were routed") \
	X(FAILURES, failures, "registrations and calls that failed as the attempts of a password guesser do") \
	X(SOURCES_BLOCKED, sources_blocked, "blocks of sources, each after block_failures failures") \
	X(SOURCES_EVICTED, sources_evicted, "sources that were forgotten to make room for other sources") \
	X(CALLER_REFUSED, caller_refused, "dropped: the host called in through a binding, and signalling_source=learned does not allow it, or through a pinhole that was opened for the calls of other hosts") \
	X(FOREIGN_CONTACT, foreign_contact, "opened nothing: a registered contact names another host than the sender") \
	X(CALLS_ADDED, calls_added, "calls that began") \
	X(CALLS_ENDED, calls_ended, "calls that ended: they were refused, hung up or timed out") \
	X(FOREIGN_FULL, foreign_full, "opened nothing: the namespaces of other users than root hold as much as they may hold together") \
	X(CALLS_FULL, calls_full, "opened nothing: calls_max is reached") \
	X(CALLS_QUOTA, calls_quota, "opened nothing: calls_per_host is reached") \
	X(CALLS_EVICTED, calls_evicted, "calls without an answer that ended early, to make room for other calls") \
	X(BINDINGS_ADDED, bindings_added, "registered contacts that were granted") \
	X(BINDINGS_ENDED, bindings_ended, "registered contacts that ended") \
	X(BINDINGS_FULL, bindings_full, "opened nothing: bindings_max is reached") \
	X(BINDINGS_QUOTA, bindings_quota, "opened nothing: bindings_per_host is reached") \
	X(BINDINGS_PLAIN, bindings_plain, "contacts for which no pinhole could be opened: calls come in over their connection only") \
	X(PINHOLES_OPENED, pinholes_opened, "pinholes that opened") \
	X(PINHOLES_MOVED, pinholes_moved, "pinholes that opened at another port, as the wanted port was in use") \
	X(PINHOLES_TAKEN, pinholes_taken, "pinholes that a packet came through") \
	X(PINHOLES_CLOSED, pinholes_closed, "pinholes that closed") \
	X(PINHOLES_FULL, pinholes_full, "opened nothing: the table of pinholes, or that of expectations in the kernel, is full") \
	X(PINHOLES_QUOTA, pinholes_quota, "opened nothing: one host has its share of the pinholes, which shrinks as fewer pinholes are left") \
	X(PINHOLES_NO_PORT, pinholes_no_port, "opened nothing: no free port was found") \
	X(MEDIA_PORTS_FULL, media_ports_full, "opened nothing: no free port was found in media_ports") \
	X(PINHOLES_ADOPTED, pinholes_adopted, "pinholes that have the port which another router had published for the same call") \
	X(CALLS_TAKEN_UP, calls_taken_up, "calls that began at another router, or before the module was loaded") \
	X(TAKEOVER_WAITS, takeover_waits, "dropped: a message needs a port for media while connections of another router are looked at; its sender repeats it") \
	X(EXPECTS_LOST, expects_lost, "expectations of another router that were removed, as they came without the address of their host") \
	X(PORTS_KEPT, ports_kept, "ports not used: keep_ports or net.ipv4.ip_local_reserved_ports has them") \
	X(PORTS_BOUND, ports_bound, "ports not used: a socket of the router has them") \
	X(PORTS_FORWARDED, ports_forwarded, "ports not used: a rule of NAT forwards them to another host") \
	X(MEDIA_OUT, media_out, "media connections that began inside and left from the published port") \
	X(AUTO_ATTACHED, auto_attached, "connections that auto_attach gave the helper") \
	X(TCP_NOT_SIP, tcp_not_sip, "TCP connections that are not read any more: their bytes are not SIP from the start, or stopped being SIP") \
	X(TCP_BROKEN, tcp_broken, "TCP connections that are not read any more: the end of a message cannot be found") \
	X(TCP_FULL, tcp_full, "TCP connections that are not read any more: they hold more bytes, or are more connections, than the limits allow") \
	X(TCP_HELD, tcp_held, "TCP segments with bytes that wait for the rest of their message") \
	X(TCP_ACKED, tcp_acked, "TCP acknowledgments sent in the name of a receiver, for bytes that wait") \
	X(TCP_BEYOND, tcp_beyond, "TCP segments whose bytes were not taken, as an earlier segment is missing; the sender repeats them") \
	X(TCP_STAYED, tcp_stayed, "dropped: the bytes of the TCP segment wait here or have arrived, and nothing else in it is new") \
	X(TCP_RESET, tcp_reset, "dropped: the numbers of the TCP segment are known to another router only, and its sender gets a reset") \
	X(TCP_AGAIN, tcp_again, "dropped: no memory was left for the TCP segment; the sender repeats it") \
	X(TCP_CUT, tcp_cut, "messages that were taken out of their TCP stream, by a rule that drops them")

/**
 * enum sipalg_stat - the counters
 * @SIPALG_STATS: one value for each entry of the list SIPALG_STATS, of its name
 * @SIPALG_STAT_LEFT: counter of the first enum sip_left; that of value l is SIPALG_STAT_LEFT + l
 * @SIPALG_STAT_COUNT: number of counters
 * @SIPALG_STAT_NONE: no counter
 *
 * SIPALG_STAT_MALFORMED is the counter of the first enum sip_fault; that of value f is
 * SIPALG_STAT_MALFORMED + f.
 */
enum sipalg_stat {
#define X(NAME, name, text) SIPALG_STAT_##NAME,
	SIPALG_STATS(X)
#undef X
	SIPALG_STAT_MALFORMED,
	SIPALG_STAT_LEFT = SIPALG_STAT_MALFORMED + SIP_FAULT_COUNT,
	SIPALG_STAT_COUNT = SIPALG_STAT_LEFT + SIP_LEFT_COUNT,
	SIPALG_STAT_NONE = SIPALG_STAT_COUNT,
};

#endif /* _SIPALG_STATS_H */

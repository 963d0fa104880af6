/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_stats: every counter, once.
 *
 * Enum, /proc/net/sipalg/stats line and the table of docs/counters.md come from this
 * list: X(NAME, name, text).  The counters malformed_<name> and left_<name> follow from
 * SIP_FAULTS and SIP_LEFTS in sip_fault.h.
 */
#ifndef _SIPALG_STATS_H
#define _SIPALG_STATS_H

#include "sip_fault.h"

#define SIPALG_STATS(X) \
	X(PACKETS, packets, "packets of connections that have this helper") \
	X(MESSAGES, messages, "SIP messages read") \
	X(REQUESTS, requests, "of these, requests") \
	X(RESPONSES, responses, "of these, responses") \
	X(TRANSLATED, translated, "packets of which at least one byte was changed") \
	X(LED_TO_VIA, led_to_via, "of these, those that were led to the port that the phone's Via names, where it listens") \
	X(NOT_SIP, not_sip, "passed: the first line is not SIP's (keep-alives too)") \
	X(UNKNOWN_METHOD, unknown_method, "translated and passed: SIP of an unknown method") \
	X(UNKNOWN_DROPPED, unknown_dropped, "dropped: unknown method, by unknown_nat=0 or unknown_route=0") \
	X(MALFORMED_DROPPED, malformed_dropped, "dropped: malformed, by strict=1") \
	X(UDP_LENGTH, udp_length, "passed: bytes behind the end of the UDP datagram") \
	X(UDP_GSO, udp_gso, "passed: several datagrams in one buffer") \
	X(NO_MEMORY, no_memory, "passed unchanged: out of memory") \
	X(NO_NAT_MODULE, no_nat_module, "passed unchanged: NAT is done, but nf_nat_sipalg is not loaded") \
	X(TOO_MANY_EDITS, too_many_edits, "passed unchanged: more edits or growth than the limits allow") \
	X(COMMIT_FAILED, commit_failed, "passed unchanged: the packet could not be written") \
	X(FOREIGN_VIA, foreign_via, "opened nothing: the top Via names another host than the sender") \
	X(FOREIGN_MEDIA, foreign_media, "opened nothing: a media section of another host than the sender") \
	X(NO_HOST, no_host, "opened nothing: its sender is loopback, multicast or broadcast, or under NAT link-local") \
	X(LOW_PORT, low_port, "opened nothing: a port below 1024") \
	X(TCP_MEDIA, tcp_media, "opened nothing: media over TCP") \
	X(MEDIA_OVER, media_over, "media sections over the limit, passed as they are") \
	X(OUT_OF_DIALOG, out_of_dialog, "opened nothing: answers no pending request, or out of the dialog's sequence") \
	X(FLOOD_INVITE, flood_invite, "dropped: more INVITEs of one source than source_invite") \
	X(FLOOD_REGISTER, flood_register, "dropped: more REGISTERs of one source than source_register") \
	X(FLOOD_OPTIONS, flood_options, "dropped: more OPTIONS of one source than source_options") \
	X(FLOOD_SUBSCRIBE, flood_subscribe, "dropped: more SUBSCRIBE, PUBLISH, NOTIFY of one source than source_subscribe") \
	X(FLOOD_OTHER, flood_other, "dropped: more other requests of one source than source_other") \
	X(FLOOD_RESPONSE, flood_response, "dropped: more responses of one source than source_response") \
	X(FLOOD_DESTINATION, flood_destination, "dropped: more INVITEs or REGISTERs of strangers to one proxy than destination_invite, destination_register") \
	X(BLOCKED, blocked, "dropped: their source is blocked") \
	X(REFUSED_EARLY, refused_early, "of the messages dropped for these reasons, those that were dropped before they were routed") \
	X(FAILURES, failures, "registrations and calls that failed as those of a guesser do") \
	X(SOURCES_BLOCKED, sources_blocked, "times that a source was blocked, for block_failures such") \
	X(SOURCES_EVICTED, sources_evicted, "sources forgotten to make room for others") \
	X(CALLER_REFUSED, caller_refused, "dropped: called in through a binding, but is not allowed to by signalling_source=learned; or through the way in that was opened for others' calls") \
	X(FOREIGN_CONTACT, foreign_contact, "opened nothing: a registered contact of another host than the sender") \
	X(CALLS_ADDED, calls_added, "calls that began") \
	X(CALLS_ENDED, calls_ended, "calls that ended: refused, hung up or timed out") \
	X(FOREIGN_FULL, foreign_full, "opened nothing: namespaces of other users than the machine's root hold as much as they may together") \
	X(CALLS_FULL, calls_full, "opened nothing: calls_max reached") \
	X(CALLS_QUOTA, calls_quota, "opened nothing: calls_per_host reached") \
	X(CALLS_EVICTED, calls_evicted, "calls without any answer that ended early, to make room for others") \
	X(BINDINGS_ADDED, bindings_added, "registered contacts that were granted") \
	X(BINDINGS_ENDED, bindings_ended, "registered contacts that ended") \
	X(BINDINGS_FULL, bindings_full, "opened nothing: bindings_max reached") \
	X(BINDINGS_QUOTA, bindings_quota, "opened nothing: bindings_per_host reached") \
	X(BINDINGS_PLAIN, bindings_plain, "contacts without a pinhole of their own, for none was to be had: calls come in over their connection alone") \
	X(PINHOLES_OPENED, pinholes_opened, "pinholes that opened") \
	X(PINHOLES_MOVED, pinholes_moved, "of these, with another port than asked for, which was taken") \
	X(PINHOLES_TAKEN, pinholes_taken, "pinholes that a packet came through") \
	X(PINHOLES_CLOSED, pinholes_closed, "pinholes that closed") \
	X(PINHOLES_FULL, pinholes_full, "opened nothing: the kernel's or our table of pinholes is full") \
	X(PINHOLES_QUOTA, pinholes_quota, "opened nothing: one host has its share of the pinholes, which is less where few are left") \
	X(PINHOLES_NO_PORT, pinholes_no_port, "opened nothing: no free port found") \
	X(MEDIA_PORTS_FULL, media_ports_full, "opened nothing: no free port found in media_ports") \
	X(PORTS_KEPT, ports_kept, "ports passed over: kept by keep_ports or net.ipv4.ip_local_reserved_ports") \
	X(PORTS_BOUND, ports_bound, "ports passed over: a socket of the router has them") \
	X(PORTS_FORWARDED, ports_forwarded, "ports passed over: a rule of NAT forwards them to another host") \
	X(MEDIA_OUT, media_out, "media connections that began inside and left from the published port") \
	X(AUTO_ATTACHED, auto_attached, "connections that auto_attach gave the helper") \
	X(TCP_NOT_SIP, tcp_not_sip, "TCP connections left alone for ever: their bytes do not begin as SIP, or go on as something else") \
	X(TCP_BROKEN, tcp_broken, "TCP connections left alone from there on: nobody can say where a message ends") \
	X(TCP_FULL, tcp_full, "TCP connections left alone: more bytes held than the limits allow, or more connections") \
	X(TCP_HELD, tcp_held, "segments whose last bytes wait for the rest of their message") \
	X(TCP_ACKED, tcp_acked, "acknowledgments sent in a receiver's name, for bytes that wait") \
	X(TCP_BEYOND, tcp_beyond, "segments that came before one that is missing, to be repeated") \
	X(TCP_STAYED, tcp_stayed, "dropped: segments whose bytes wait or had arrived, and which would say nothing new") \
	X(TCP_RESET, tcp_reset, "dropped: segments of translated connections whose numbers only another router knows; their senders get a reset") \
	X(TCP_AGAIN, tcp_again, "dropped, to be repeated by their sender: out of memory") \
	X(TCP_CUT, tcp_cut, "messages taken out of their stream, by policy")

enum sipalg_stat {
#define X(NAME, name, text) SIPALG_STAT_##NAME,
	SIPALG_STATS(X)
#undef X
	/* the counter of fault f is SIPALG_STAT_MALFORMED + f */
	SIPALG_STAT_MALFORMED,
	/* and that of what is left, @l of enum sip_left, SIPALG_STAT_LEFT + l */
	SIPALG_STAT_LEFT = SIPALG_STAT_MALFORMED + SIP_FAULT_COUNT,
	SIPALG_STAT_COUNT = SIPALG_STAT_LEFT + SIP_LEFT_COUNT,
	/* none of them */
	SIPALG_STAT_NONE = SIPALG_STAT_COUNT,
};

#endif /* _SIPALG_STATS_H */

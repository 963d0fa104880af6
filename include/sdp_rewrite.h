/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sdp_rewrite: session descriptions (RFC 8866), read once, and the plan of their edits.
 *
 * Reading says which addresses and ports a description names.  The caller
 * decides what each section shall name instead, and sdp_plan_edits() turns that into
 * edits.  It knows the one subtle thing, which c= line governs which section.
 */
#ifndef _SDP_REWRITE_H
#define _SDP_REWRITE_H

#include <linux/types.h>
#include "sip_addr.h"
#include "sip_edit.h"
#include "sip_limits.h"
#include "sip_slice.h"

/**
 * enum sdp_transport - what carries a stream
 * @SDP_TRANSPORT_OTHER: another transport, whose port is not opened
 * @SDP_TRANSPORT_UDP: UDP: RTP, UDPTL and DTLS over it
 * @SDP_TRANSPORT_TCP: TCP: MSRP, T.38 and RTP over it
 */
enum sdp_transport {
	SDP_TRANSPORT_OTHER,
	SDP_TRANSPORT_UDP,
	SDP_TRANSPORT_TCP,
};

/**
 * enum sdp_setup - which end opens the connection of a stream over TCP (RFC 4145 4)
 * @SDP_SETUP_NONE: the section does not say
 * @SDP_SETUP_ACTIVE: the end that says so opens it: nothing comes to its port
 * @SDP_SETUP_PASSIVE: the other end opens it; "actpass" and "holdconn" may become that
 */
enum sdp_setup {
	SDP_SETUP_NONE,
	SDP_SETUP_ACTIVE,
	SDP_SETUP_PASSIVE,
};

/**
 * struct sdp_addr - an address as a description writes it
 * @text: as written, without TTL and count of a multicast address
 * @addr: its value; SIP_FAMILY_NONE: absent, a name, or a family that does not fit its addrtype
 */
struct sdp_addr {
	struct sip_slice text;
	struct sip_addr addr;
};

/**
 * struct sdp_media - one media section
 * @type: the media, "audio"
 * @port_text: the digits of the port
 * @conn: its own c=
 * @rtcp_text: the digits of the port of a=rtcp (RFC 3605)
 * @rtcp_conn: the address of a=rtcp
 * @from: offset after its m= line
 * @index: how many m= lines stand before its own
 * @conn_at: offset where a c= of its own would be inserted
 * @attr_at: offset where an attribute would be inserted
 * @port: the port; 0: the section is off (RFC 3264 8.2)
 * @count: ports or port pairs, at least 1
 * @rtcp: the port of a=rtcp, 0: not said
 * @transport: enum sdp_transport
 * @is_rtp: RTP in any profile: RTCP goes beside it
 * @has_conn: a c= of its own is there, readable or not
 * @has_mux: a=rtcp-mux or a=rtcp-mux-only is there (RFC 5761, RFC 8858)
 * @is_mux_only: a=rtcp-mux-only is there: RTCP never has a port of its own
 * @has_more: lines are there that may name the address and port once more: candidates, a path,
 *            a second c=
 * @setup: enum sdp_setup
 * @is_held: sendonly, recvonly or inactive here, or in the session and nothing here (RFC 3264 5.1)
 */
struct sdp_media {
	struct sip_slice type;
	struct sip_slice port_text;
	struct sdp_addr conn;
	struct sip_slice rtcp_text;
	struct sdp_addr rtcp_conn;
	u16 from;
	u16 conn_at;
	u16 attr_at;
	u16 port;
	u16 count;
	u8 index;
	u16 rtcp;
	u8 transport;
	bool is_rtp;
	bool has_conn;
	bool has_mux;
	bool is_mux_only;
	bool has_more;
	u8 setup;
	bool is_held;
};

/**
 * struct sdp - what a description says
 * @origin: the address of o=
 * @conn: the session's c=
 * @n_media: used entries of @media
 * @n_lines: m= lines, at most SDP_MAX_INDEX
 * @n_over: open sections for which there was no place: they are passed as they are
 * @eol: length of its line ends: 2 for CRLF, 1 for a bare LF
 * @has_final_eol: whether the last line is ended
 * @has_version: it begins with v= (RFC 8866 5.1)
 * @is_left: a line or section cannot be read, and stays as it is
 * @is_held: the session's direction
 * @setup: the session's a=setup
 * @media: the sections that can be read.  Where there are more than SDP_MAX_MEDIA, those that
 *	are off (RFC 3264 8.2: none is ever taken out of a description) make place for others.
 */
struct sdp {
	struct sdp_addr origin;
	struct sdp_addr conn;
	u8 n_media;
	u8 n_lines;
	u8 n_over;
	u8 eol;
	bool has_final_eol;
	bool has_version;
	bool is_left;
	bool is_held;
	u8 setup;
	struct sdp_media media[SDP_MAX_MEDIA];
};

/**
 * struct sdp_target - what a section shall name instead
 * @addr: address for the c= that governs it and for an a=rtcp address that equals the c='s;
 *        SIP_FAMILY_NONE: leave the section's addresses
 * @port: for m=; 0: leave it
 * @rtcp: for RTCP; 0: leave it
 */
struct sdp_target {
	struct sip_addr addr;
	u16 port;
	u16 rtcp;
};

/**
 * struct sdp_plan - all that shall change in a description
 * @from: the address that is hidden; SIP_FAMILY_NONE: o= stays
 * @to: what stands for it in o=, and in a c= that governs no section
 * @media: one for each section of the description
 */
struct sdp_plan {
	struct sip_addr from;
	struct sip_addr to;
	struct sdp_target media[SDP_MAX_MEDIA];
};

/**
 * sdp_parse() - read a description
 * @text: the message
 * @body: the description in it; may be empty
 * @sdp: the result
 *
 * Lines end with CRLF or LF (RFC 8866 section 5 asks readers to take both), the
 * last one may lack it.  Unknown lines, media and attributes are skipped.  An m= line that
 * cannot be read takes the lines of its section with it; it has no say about the session's c=.
 *
 * Context: any; no lock, no allocation.
 * Return: 0; -ENOMSG where it neither begins with v= nor has a section.
 */
int sdp_parse(const struct sip_text *text, struct sip_slice body, struct sdp *sdp);

/**
 * sdp_conn_of() - the address that a section's media goes to
 * @sdp: a parsed description
 * @i: index of the section, below sdp->n_media
 *
 * RFC 8866 5.7: the section's own c= comes before the session's.
 *
 * Return: never NULL; its family is SIP_FAMILY_NONE where there is no address.
 */
const struct sip_addr *sdp_conn_of(const struct sdp *sdp, unsigned int i);

/**
 * sdp_rtcp_of() - the port that a section's RTCP goes to
 * @media: the section
 *
 * Return: the port of a=rtcp, else the next above the RTP port (RFC 3605 2.1); the RTP port
 * where RTCP shares it by a=rtcp or a=rtcp-mux-only; 0 where there is no RTCP, or no such port.
 */
u16 sdp_rtcp_of(const struct sdp_media *media);

/**
 * sdp_plan_edits() - add the edits that make a description say what the plan wants
 * @edits: where to; the caller takes a mark and rolls back on error
 * @text: the message
 * @base: offset of the message in the packet's payload
 * @sdp: the parsed description
 * @plan: what shall change
 *
 * o= is changed where it holds plan->from, or is where media of a section goes.  The
 * session's c= is changed only if every open section that it governs wants the same
 * address; otherwise each of those that want another gets a c= of its own.  RTCP that
 * does not stand beside its RTP port is said with a=rtcp.
 *
 * What names a section's old address and port once more follows, so that a description
 * does not contradict itself: candidates of type host for ICE (RFC 8839 4.2.1.2: the
 * default is one of them), and the path of MSRP (RFC 4975 8).
 *
 * Return: 0, or the error of sip_edit_add().
 */
int sdp_plan_edits(struct sip_edits *edits, const struct sip_text *text, u32 base,
		   const struct sdp *sdp, const struct sdp_plan *plan);

#endif /* _SDP_REWRITE_H */

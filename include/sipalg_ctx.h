/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_ctx: all about one packet, from entry to verdict.
 *
 * Made by nf_conntrack_sipalg for a packet that may be SIP, handed to the NAT
 * module's hooks and to nobody else.  It is too large for a stack; every CPU has
 * one ready.
 */
#ifndef _SIPALG_CTX_H
#define _SIPALG_CTX_H

#include <linux/skbuff.h>
#include <net/netfilter/nf_conntrack.h>

#include "sipalg_binding.h"
#include "sip_body.h"
#include "sipalg_call.h"
#include "sip_parse.h"
#include "sip_rewrite.h"
#include "sipalg_source.h"
#include "sipalg_net.h"

struct sipalg_segment;

/* Each is made once for a message, by sipalg_id_of(). */
struct sipalg_ids {
	u64 call_id;
	u64 from_tag;
	u64 to_tag;
	u64 branch;
};

/**
 * struct sipalg_ctx - one packet
 * @skb: the packet
 * @ct: its connection
 * @ctinfo: and the packet's relation to it
 * @dir: direction in the connection
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @seg: of TCP, the segment that the message came with; NULL: UDP
 * @protoff: offset of the UDP or TCP header in @skb
 * @dataoff: offset of the payload
 * @sn: namespace
 * @set: settings, the same ones from entry to verdict
 * @text: the message: not read after commit, which moves it
 * @base: offset of the message in the payload; of TCP 0, for there it is written by itself
 * @flow: the connection's addresses
 * @is_nat: the connection's addresses are translated
 * @is_outside: where they are not, whether the routes put sender and receiver outside
 * @via_port: the receiver listens there, by the Via of its last request, and not where the
 *	connection leads; 0: it does not
 * @lead_to: of a datagram, the port that it is led to instead of the connection's; 0: it is not
 * @counted: the counter that says what became of the message; SIPALG_STAT_NONE: others do
 * @may_open: the message has passed the rules for one that opens something (SECURITY M1-M5)
 * @source: what is known of the sender; NULL: there was no memory
 * @target: of the receiver, of what has a limit there; NULL: it has none
 * @class: what the message counts as, enum sipalg_source_class
 * @is_over_target: it is over the limit of @target
 * @is_paid: it was within the limits, and counts
 * @was_asked: of a final answer to INVITE, REGISTER or SUBSCRIBE: its receiver was seen to ask
 * @ids: digests of what identifies the message; 0: not made yet
 * @call: the call that the message belongs to, locked; NULL: none
 * @grants: the contacts of a registrar's answer
 * @msg: the message's parts
 * @body: its descriptions, and what shall become of them
 * @plan: what shall become of the header section
 * @edits: offsets into the payload, never pointers
 */
struct sipalg_ctx {
	struct sk_buff *skb;
	struct nf_conn *ct;
	enum ip_conntrack_info ctinfo;
	enum ip_conntrack_dir dir;
	u8 proto;
	struct sipalg_segment *seg;
	u32 protoff;
	u32 dataoff;
	struct sipalg_net *sn;
	const struct sipalg_settings *set;
	struct sip_text text;
	u32 base;
	struct sip_flow flow;
	bool is_nat;
	bool is_outside[2];
	u16 via_port;
	u16 lead_to;
	enum sipalg_stat counted;
	bool may_open;
	struct sipalg_source *source;
	struct sipalg_source *target;
	u8 class;
	bool is_over_target;
	bool is_paid;
	bool was_asked;
	struct sipalg_ids ids;
	struct sipalg_call *call;
	struct sipalg_grant grants[SIP_MAX_VALUES];
	struct sip_msg msg;
	struct sip_body body;
	struct sip_header_plan plan;
	struct sip_edits edits;
};

static inline bool sipalg_sender_is_translated(const struct sipalg_ctx *ctx)
{
	return !sip_endpoint_equal(&ctx->flow.self, &ctx->flow.self_mapped);
}

static inline bool sipalg_receiver_is_translated(const struct sipalg_ctx *ctx)
{
	return !sip_endpoint_equal(&ctx->flow.peer, &ctx->flow.peer_real);
}

/* The connection is translated, and by rewrite=0 no message may say so. */
static inline bool sipalg_is_silent(const struct sipalg_ctx *ctx)
{
	return ctx->is_nat && !ctx->set->rewrite;
}

/* Inside is who is hidden by NAT; without NAT, whom the routes do not put outside. */
static inline bool sipalg_sender_is_inside(const struct sipalg_ctx *ctx)
{
	return sipalg_sender_is_translated(ctx) || !(ctx->is_nat || ctx->is_outside[0]);
}

static inline bool sipalg_receiver_is_inside(const struct sipalg_ctx *ctx)
{
	return sipalg_receiver_is_translated(ctx) || !(ctx->is_nat || ctx->is_outside[1]);
}

/* Stands for a piece of the message, of any length: the same for the same text. */
static inline u64 sipalg_digest_of(const struct sipalg_ctx *ctx, struct sip_slice s)
{
	return sipalg_digest(sip_slice_ptr(&ctx->text, s), s.len);
}

/* The same of what identifies the message, and is asked for again; @id: in ctx->ids. */
static inline u64 sipalg_id_of(const struct sipalg_ctx *ctx, u64 *id, struct sip_slice s)
{
	if (!*id)
		*id = sipalg_digest_of(ctx, s);
	return *id;
}

/**
 * struct sipalg_nat_hooks - what the NAT module does
 * @translate: adds the message's edits; the caller rolls back on error.  0 or -errno
 * @commit: writes all edits into the datagram, or none.  0 or -errno
 * @snat: gives a connection that a host begins itself the port that was published for it
 *
 * All run in the packet path, under rcu_read_lock().
 */
struct sipalg_nat_hooks {
	int (*translate)(struct sipalg_ctx *ctx);
	int (*commit)(struct sipalg_ctx *ctx);
	void (*snat)(struct nf_conn *ct, const struct sipalg_pinhole *pin);
};

/**
 * sipalg_set_nat_hooks() - the NAT module comes or goes
 * @hooks: hooks of the NAT module; NULL: it goes, and the caller waits for a grace period then
 *
 * Context: process context.
 */
void sipalg_set_nat_hooks(const struct sipalg_nat_hooks *hooks);

/**
 * sipalg_nat_hooks_get() - the hooks of the NAT module
 *
 * Context: under rcu_read_lock(); read once for a packet.
 * Return: the hooks, or NULL while the NAT module is not loaded.
 */
const struct sipalg_nat_hooks *sipalg_nat_hooks_get(void);

/**
 * sipalg_ctx_get() - take a context
 *
 * Context: packet path.
 * Return: a context with arbitrary content, which sipalg_ctx_put() gives back; NULL: no memory.
 */
struct sipalg_ctx *sipalg_ctx_get(void);

/* Gives a context back.  Packet path. */
void sipalg_ctx_put(struct sipalg_ctx *ctx);

/**
 * sipalg_ctx_fill() - what a packet says before it is read
 * @ctx: context from sipalg_ctx_get()
 * @skb: packet
 * @protoff: offset of its UDP or TCP header, in bytes
 * @ct: connection of the packet
 * @ctinfo: relation of the packet to @ct
 *
 * Context: packet path, under rcu_read_lock().
 */
void sipalg_ctx_fill(struct sipalg_ctx *ctx, struct sk_buff *skb, u32 protoff, struct nf_conn *ct,
		     enum ip_conntrack_info ctinfo);

/**
 * sipalg_ctx_fill_flow() - the addresses of the connection, again
 * @ctx: context that was filled; data of its connection has changed since
 *
 * Four views of two parties.  The helper runs after NAT for the headers, so the tuples tell all: the
 * source of each direction is its sender as it sees itself, and the destination of the other
 * direction is that sender as the other side sees it.
 *
 * Context: packet path, under rcu_read_lock().
 */
void sipalg_ctx_fill_flow(struct sipalg_ctx *ctx);

/**
 * sipalg_ctx_read_start() - read the start line
 * @ctx: context whose text is one message
 *
 * With strict=1 the message is marked SIP_MSG_STRICT.
 *
 * Context: packet path.
 * Return: as sip_parse_start().
 */
int sipalg_ctx_read_start(struct sipalg_ctx *ctx);

/* Makes the contexts, one for each CPU.  Process context, once.  Return: 0 or -ENOMEM. */
int __init sipalg_ctx_module_init(void);
void sipalg_ctx_module_exit(void);

#endif /* _SIPALG_CTX_H */

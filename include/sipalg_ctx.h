/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_ctx: all about one packet, from entry to verdict.
 *
 * nf_conntrack_sipalg fills a context for each packet that may be SIP, and hands it to the hooks of
 * the NAT module alone.  A context is too large for a stack, so every CPU has one ready.
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

/**
 * struct sipalg_ids - digests of what identifies a message
 * @call_id: digest of Call-ID; 0: not made yet
 * @from_tag: digest of the tag of From; 0: not made yet
 * @to_tag: digest of the tag of To; 0: not made yet
 * @branch: digest of the branch of the top Via; 0: not made yet
 *
 * sipalg_id_of() makes each of them once for a message.
 */
struct sipalg_ids {
	u64 call_id;
	u64 from_tag;
	u64 to_tag;
	u64 branch;
};

/**
 * struct sipalg_ctx - one packet
 * @skb: packet
 * @ct: connection of the packet
 * @ctinfo: relation of the packet to @ct
 * @dir: direction of the packet in @ct
 * @proto: transport of the packet: IPPROTO_UDP or IPPROTO_TCP
 * @seg: TCP segment that the message came with; NULL: the packet is UDP
 * @protoff: offset of the UDP or TCP header in @skb, in bytes
 * @dataoff: offset of the payload in @skb, in bytes
 * @sn: namespace
 * @set: settings; they stay the same ones from entry to verdict
 * @text: message; it must not be read after the commit, which moves it
 * @base: offset of the message in the payload, in bytes; over TCP it is 0, because each message is
 *	written by itself there
 * @flow: addresses and ports of the connection
 * @is_nat: addresses or ports of the connection are translated
 * @is_outside: whether the routes put sender and receiver outside, for a connection without NAT
 * @via_port: port at which the receiver listens by the Via of its last request, where that is not
 *	the port that the connection leads to, in host byte order; 0: there is no such port
 * @lead_to: port that a datagram is sent to instead of the port of the connection, in host byte
 *	order; 0: the datagram goes where the connection leads
 * @counted: counter that says what became of the message; SIPALG_STAT_NONE: other functions count
 *	it
 * @may_open: the message has passed the rules for messages that open something (SECURITY M1-M5)
 * @may_note: the same, whether or not its call is known here
 * @source: what is known of the sender; NULL: there was no memory
 * @target: what is known of the receiver, where messages to it have a limit; NULL: they have none
 * @class: class of the message, enum sipalg_source_class
 * @is_over_target: the message is over the limit of @target
 * @is_paid: the message was within the limits, and was taken from them
 * @was_asked: the message is a final answer to INVITE, REGISTER or SUBSCRIBE, and its receiver was
 *	seen to send that request
 * @ids: digests of what identifies the message
 * @call: call that the message belongs to, locked; NULL: it belongs to none
 * @grants: contacts of a registrar's answer
 * @msg: parts of the message
 * @body: descriptions in the body of the message, and the plan for them
 * @plan: plan for the header section
 * @edits: planned edits; they are offsets into the payload, never pointers
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
	bool may_note;
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

/**
 * sipalg_sender_is_translated() - is the address or port of the sender translated?
 * @ctx: filled context
 *
 * Context: packet path.
 * Return: true: the receiver sees another address or port; false: it sees the sender's own.
 */
static inline bool sipalg_sender_is_translated(const struct sipalg_ctx *ctx)
{
	return !sip_endpoint_equal(&ctx->flow.self, &ctx->flow.self_mapped);
}

/**
 * sipalg_receiver_is_translated() - is the address or port of the receiver translated?
 * @ctx: filled context
 *
 * Context: packet path.
 * Return: true: the sender sees another address or port; false: it sees the receiver's own.
 */
static inline bool sipalg_receiver_is_translated(const struct sipalg_ctx *ctx)
{
	return !sip_endpoint_equal(&ctx->flow.peer, &ctx->flow.peer_real);
}

/**
 * sipalg_is_silent() - does NAT work without edits of messages?
 * @ctx: filled context
 *
 * Context: packet path.
 * Return: true: the connection is translated, and rewrite=0 forbids edits; false: edits are
 * allowed, or the connection is not translated.
 */
static inline bool sipalg_is_silent(const struct sipalg_ctx *ctx)
{
	return ctx->is_nat && !ctx->set->rewrite;
}

/**
 * sipalg_sender_is_inside() - is the sender inside (security.md B2)?
 * @ctx: filled context
 *
 * Context: packet path, after the routes were asked.
 * Return: true: NAT hides the sender or, without NAT, the routes do not put it outside; false: the
 * sender is outside.
 */
static inline bool sipalg_sender_is_inside(const struct sipalg_ctx *ctx)
{
	return sipalg_sender_is_translated(ctx) || !(ctx->is_nat || ctx->is_outside[0]);
}

/**
 * sipalg_receiver_is_inside() - is the receiver inside (security.md B2)?
 * @ctx: filled context
 *
 * Context: packet path, after the routes were asked.
 * Return: true: NAT hides the receiver or, without NAT, the routes do not put it outside; false:
 * the receiver is outside.
 */
static inline bool sipalg_receiver_is_inside(const struct sipalg_ctx *ctx)
{
	return sipalg_receiver_is_translated(ctx) || !(ctx->is_nat || ctx->is_outside[1]);
}

/**
 * sipalg_digest_of() - digest of a piece of the message
 * @ctx: context with a text
 * @s: piece of the text, of any length
 *
 * Context: packet path, before the commit.
 * Return: digest; equal texts have equal digests.
 */
static inline u64 sipalg_digest_of(const struct sipalg_ctx *ctx, struct sip_slice s)
{
	return sipalg_digest(sip_slice_ptr(&ctx->text, s), s.len);
}

/**
 * sipalg_id_of() - digest of what identifies the message, made at most once
 * @ctx: context with a text
 * @id: place of the digest in @ctx->ids; set if it is 0
 * @s: piece of the text that identifies the message
 *
 * Context: packet path; the first call comes before the commit.
 * Return: digest; equal texts have equal digests.
 */
static inline u64 sipalg_id_of(const struct sipalg_ctx *ctx, u64 *id, struct sip_slice s)
{
	if (!*id)
		*id = sipalg_digest_of(ctx, s);
	return *id;
}

/**
 * struct sipalg_nat_hooks - what the NAT module does
 * @translate: plans the edits of a message, and returns 0 or -errno; on error the caller takes the
 *	edits back
 * @commit: writes all edits into the datagram, or none, and returns 0 or -errno
 * @snat: gives a connection that a host begins itself the port that was published for the host
 *
 * All hooks run in the packet path, under rcu_read_lock().
 */
struct sipalg_nat_hooks {
	int (*translate)(struct sipalg_ctx *ctx);
	int (*commit)(struct sipalg_ctx *ctx);
	void (*snat)(struct nf_conn *ct, const struct sip_endpoint *mapped);
};

/**
 * sipalg_set_nat_hooks() - the NAT module comes or goes
 * @hooks: hooks of the NAT module; NULL: the module goes, and its caller then waits for a grace
 *	period
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

/**
 * sipalg_ctx_put() - give a context back
 * @ctx: context from sipalg_ctx_get()
 *
 * Context: packet path.
 */
void sipalg_ctx_put(struct sipalg_ctx *ctx);

/**
 * sipalg_ctx_fill() - fill in what is known of a packet before its text is read
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
 * sipalg_ctx_fill_flow() - fill in the addresses of the connection again
 * @ctx: filled context; the data of its connection has changed
 *
 * The flow has four views of two parties.  The helper runs after NAT for the headers, so the tuples
 * tell all: the source of each direction is its sender as it sees itself, and the destination of
 * the other direction is that sender as the other side sees it.
 *
 * Context: packet path, under rcu_read_lock().
 */
void sipalg_ctx_fill_flow(struct sipalg_ctx *ctx);

/**
 * sipalg_ctx_read_start() - read the start line
 * @ctx: context with a text that is one message
 *
 * With strict=1 the message is marked SIP_MSG_STRICT.
 *
 * Context: packet path.
 * Return: what sip_parse_start() returns.
 */
int sipalg_ctx_read_start(struct sipalg_ctx *ctx);

/**
 * sipalg_ctx_module_init() - make the contexts, one for each CPU, once
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int __init sipalg_ctx_module_init(void);

/**
 * sipalg_ctx_module_exit() - free the contexts, after the last packet
 *
 * Context: process context.
 */
void sipalg_ctx_module_exit(void);

#endif /* _SIPALG_CTX_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_ctx: the context of a packet, one for each CPU, and how it is filled.  See sipalg_ctx.h.
 */
#include <linux/percpu.h>
#include <linux/slab.h>

#include "sip_start.h"
#include "sipalg_compat.h"
#include "sipalg_ctx.h"
#include "sipalg_flow.h"
#include "sipalg_inet.h"

static const struct sipalg_nat_hooks __rcu *nat_hooks __read_mostly;

void sipalg_set_nat_hooks(const struct sipalg_nat_hooks *hooks)
{
	rcu_assign_pointer(nat_hooks, hooks);
}

const struct sipalg_nat_hooks *sipalg_nat_hooks_get(void)
{
	return rcu_dereference(nat_hooks);
}

/* ---- one for each CPU ------------------------------------------------------------ */

/*
 * One context waits on each CPU.  A user takes it out, so neither preemption nor softirqs need to
 * be off.  A user that has interrupted another one finds the place empty, and makes its own.
 */
static struct sipalg_ctx * __percpu *ctx_slots;

struct sipalg_ctx *sipalg_ctx_get(void)
{
	struct sipalg_ctx *ctx = this_cpu_xchg(*ctx_slots, NULL);

	if (!ctx)
		ctx = kmalloc(sizeof(*ctx), GFP_ATOMIC);
	/* the content must not matter: a KASAN kernel shows a reader of what was left here */
	if (IS_ENABLED(CONFIG_KASAN) && ctx)
		memset(ctx, 0xa5, sizeof(*ctx));
	return ctx;
}

void sipalg_ctx_put(struct sipalg_ctx *ctx)
{
	kfree(this_cpu_xchg(*ctx_slots, ctx));
}

void sipalg_ctx_module_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu)
		kfree(*per_cpu_ptr(ctx_slots, cpu));
	free_percpu(ctx_slots);
}

int __init sipalg_ctx_module_init(void)
{
	int cpu;

	ctx_slots = alloc_percpu(struct sipalg_ctx *);
	if (!ctx_slots)
		return -ENOMEM;
	for_each_possible_cpu(cpu) {
		struct sipalg_ctx *ctx = kmalloc_node(sizeof(*ctx), GFP_KERNEL, cpu_to_node(cpu));

		if (!ctx) {
			sipalg_ctx_module_exit();
			return -ENOMEM;
		}
		*per_cpu_ptr(ctx_slots, cpu) = ctx;
	}
	return 0;
}

/* ---- content --------------------------------------------------------------------- */

void sipalg_ctx_fill_flow(struct sipalg_ctx *ctx)
{
	const struct nf_conntrack_tuple *there = &ctx->ct->tuplehash[ctx->dir].tuple;
	const struct nf_conntrack_tuple *back = &ctx->ct->tuplehash[!ctx->dir].tuple;
	struct sipalg_flow_data *data = sipalg_flow_data_of(ctx->ct);
	struct sip_flow *flow = &ctx->flow;

	flow->self = sipalg_inet_source_of(there);
	flow->self_mapped = sipalg_inet_destination_of(back);
	flow->peer = sipalg_inet_destination_of(there);
	flow->peer_real = sipalg_inet_source_of(back);
	flow->memo = (struct sip_via_memo){ .form = SIP_VIA_UNSEEN };
	flow->contact = flow->memo;
	/* a connection that a binding let in goes to the address that the binding published */
	flow->is_published = test_bit(IPS_EXPECTED_BIT, &ctx->ct->status) &&
			     ctx->dir == IP_CT_DIR_ORIGINAL;
	flow->is_registered = flow->is_published;
	flow->user = 0;
	ctx->via_port = 0;
	/* what was published is known to another router alone: all that leads to the host counts */
	if (data && sipalg_flow_is_taken_over(data)) {
		flow->is_published = true;
		flow->is_registered = true;
	}
	if (data) {
		u32 published = READ_ONCE(data->published[!ctx->dir]);

		if (ctx->proto == IPPROTO_UDP)
			ctx->via_port = sipalg_flow_listens_at(data, !ctx->dir);
		if (published & SIPALG_FLOW_OF_CALL)
			flow->is_registered = false;
		flow->memo = sipalg_flow_memo(data, !ctx->dir);
		flow->is_published |= published;
		flow->is_registered |= published & SIPALG_FLOW_REGISTERED;
		flow->user = sipalg_flow_user(published);
		flow->contact = sipalg_flow_contact(published);
	}
	ctx->is_nat = !sip_endpoint_equal(&flow->self, &flow->self_mapped) ||
		      !sip_endpoint_equal(&flow->peer, &flow->peer_real);
}

void sipalg_ctx_fill(struct sipalg_ctx *ctx, struct sk_buff *skb, u32 protoff, struct nf_conn *ct,
		     enum ip_conntrack_info ctinfo)
{
	ctx->skb = skb;
	ctx->ct = ct;
	ctx->ctinfo = ctinfo;
	ctx->dir = CTINFO2DIR(ctinfo);
	ctx->proto = nf_ct_protonum(ct);
	ctx->seg = NULL;
	ctx->protoff = protoff;
	ctx->sn = sipalg_pernet(nf_ct_net(ct));
	ctx->set = sipalg_settings_of(ctx->sn);
	sipalg_ctx_fill_flow(ctx);
}

int sipalg_ctx_read_start(struct sipalg_ctx *ctx)
{
	int line = sip_parse_start(&ctx->text, &ctx->msg);

	if (ctx->set->strict)
		ctx->msg.flags |= SIP_MSG_STRICT;
	return line;
}

SIPALG_EXPORT(sipalg_set_nat_hooks);

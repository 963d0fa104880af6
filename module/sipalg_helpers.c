// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_helpers: the four helper objects of the kernel.  See sipalg_helpers.h.
 */
#include <linux/printk.h>

#include "sipalg_compat.h"
#include "sipalg_flow.h"
#include "sipalg_helpers.h"
#include "sipalg_legacy.h"
#include "sipalg_pinhole.h"

/*
 * The classes of expectations.  A failover peer uses these timeouts until it gets a message of the
 * call itself.  On this machine a timeout is extended as long as an owner needs the pinhole.  The
 * order must never change, as failover peers send each other the number of a class.
 *
 * An expectation of signalling may wait for as long as a registration lasts.  It ends before that
 * with its connection, which ends with the registration.
 */
static const struct nf_conntrack_expect_policy policy[SIPALG_PINHOLE_CLASSES] = {
	{ .name = "signalling", .max_expected = NF_CT_EXPECT_MAX_CNT,
	  .timeout = SIPALG_PINHOLE_SIGNALLING_S },
	{ .name = "media-a", .max_expected = NF_CT_EXPECT_MAX_CNT,
	  .timeout = SIPALG_PINHOLE_TTL_S },
	{ .name = "media-b", .max_expected = NF_CT_EXPECT_MAX_CNT,
	  .timeout = SIPALG_PINHOLE_TTL_S },
	{ .name = "media-c", .max_expected = NF_CT_EXPECT_MAX_CNT,
	  .timeout = SIPALG_PINHOLE_TTL_S },
};

static struct sipalg_helpers helpers;

static bool helpers_are_up;

/* the index of the helper for a family and a protocol */
static int helper_index(u8 family, u8 proto)
{
	return (family == NFPROTO_IPV6) + 2 * (proto == IPPROTO_TCP);
}

struct nf_conntrack_helper *sipalg_helper_of(u8 family, u8 proto)
{
	if (!smp_load_acquire(&helpers_are_up))	/* pairs with smp_store_release() below */
		return NULL;
	return sipalg_helper(&helpers, helper_index(family, proto));
}

/* A failover peer has given a connection to the kernel, where it is not in the table yet. */
static int helper_given(struct nlattr *attr, struct nf_conn *ct)
{
	if (nf_ct_is_confirmed(ct))
		return 0;
	sipalg_flow_give(ct);
	sipalg_legacy_given(sipalg_pernet(nf_ct_net(ct)));
	return 0;
}

static void helpers_fill(sipalg_help_fn *help)
{
	const struct sipalg_helper_calls calls = { help, helper_given };
	static const u8 families[] = { NFPROTO_IPV4, NFPROTO_IPV6 };
	static const u8 protos[] = { IPPROTO_UDP, IPPROTO_TCP };
	u32 f, p;

	for (f = 0; f < ARRAY_SIZE(families); f++)
		for (p = 0; p < ARRAY_SIZE(protos); p++)
			sipalg_helper_init(&helpers.h[helper_index(families[f], protos[p])],
					   families[f], protos[p], policy, &calls);
}

bool sipalg_conn_is_ours(const struct nf_conn *ct)
{
	const struct nf_conn_help *help = nfct_help(ct);

	return help && rcu_access_pointer(help->helper) &&
	       rcu_access_pointer(help->helper) == sipalg_helper_of(nf_ct_l3num(ct),
								    nf_ct_protonum(ct));
}

int sipalg_helpers_start(sipalg_help_fn *help)
{
	int err;

	BUILD_BUG_ON(ARRAY_SIZE(policy) != NF_CT_MAX_EXPECT_CLASSES);
	helpers_fill(help);
	err = sipalg_helpers_register(&helpers);
	if (err) {
		pr_err("cannot register the helper: %d\n", err);
		return err;
	}
	smp_store_release(&helpers_are_up, true);	/* pairs with sipalg_helper_of() */
	return 0;
}

void sipalg_helpers_withhold(void)
{
	WRITE_ONCE(helpers_are_up, false);
}

void sipalg_helpers_stop(void)
{
	sipalg_helpers_unregister(&helpers);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_turn: the rows of RTCP pinholes that wait.  See sipalg_turn.h.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_pinhole.h"
#include "sipalg_pinhole_expect_internal.h"
#include "sipalg_turn.h"
#include "sipalg_compat.h"

/**
 * struct sipalg_turns - the RTCP pinholes that wait on one flow
 * @node: node in the table of flows
 * @flow: signalling connection, as a key alone: the connection may not exist any more
 * @early: row of the RTCP pinholes that are not due: their RTP has not come
 * @due: row of the RTCP pinholes that are due: their RTP has come
 */
struct sipalg_turns {
	struct rhash_head node;
	const struct nf_conn *flow;
	struct list_head early;
	struct list_head due;
};

/**
 * struct sipalg_turn - the place of an RTCP pinhole in a row
 * @node: node in the row
 * @turns: rows of the flow
 * @pin: RTCP pinhole
 *
 * Few pinholes wait at a time, so the place is not part of struct sipalg_pinhole.
 */
struct sipalg_turn {
	struct list_head node;
	struct sipalg_turns *turns;
	struct sipalg_pinhole *pin;
};

/**
 * struct sipalg_turn_table - the rows of all flows of a namespace
 * @flows: table of struct sipalg_turns
 * @lock: guards the table, its entries and their rows
 */
struct sipalg_turn_table {
	struct rhashtable flows;
	spinlock_t lock;
};

static int flow_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	sipalg_step();
	const struct sipalg_turns *turns = obj;

	return turns->flow != *(const struct nf_conn * const *)arg->key;
}

static const struct rhashtable_params flow_params = {
	.key_offset = offsetof(struct sipalg_turns, flow),
	.key_len = sizeof(const struct nf_conn *),
	.head_offset = offsetof(struct sipalg_turns, node),
	.hashfn = sipalg_hash,
	.obj_cmpfn = flow_differs,
	.automatic_shrinking = true,
};

static struct sipalg_turns *turns_of(struct sipalg_turn_table *table, const struct nf_conn *flow)
{
	lockdep_assert_held(&table->lock);
	return rhashtable_lookup_fast(&table->flows, &flow, flow_params);
}

static struct sipalg_turns *turns_add(struct sipalg_turn_table *table, const struct nf_conn *flow)
{
	struct sipalg_turns *turns = kzalloc(sizeof(*turns), GFP_ATOMIC);

	if (!turns)
		return NULL;
	turns->flow = flow;
	INIT_LIST_HEAD(&turns->early);
	INIT_LIST_HEAD(&turns->due);
	if (!rhashtable_insert_fast(&table->flows, &turns->node, flow_params))
		return turns;
	kfree(turns);
	return NULL;
}

/* Frees the rows of a flow where both are empty; every look-up of rows is under the lock. */
static void turns_free_if_empty(struct sipalg_turn_table *table, struct sipalg_turns *turns)
{
	lockdep_assert_held(&table->lock);
	if (!list_empty(&turns->early) || !list_empty(&turns->due))
		return;
	rhashtable_remove_fast(&table->flows, &turns->node, flow_params);
	kfree(turns);
}

/* Takes a pinhole out of its row.  Return: the rows of its flow, which may be empty now. */
static struct sipalg_turns *turn_free(struct sipalg_pinhole *pin)
{
	struct sipalg_turns *turns = pin->turn->turns;

	list_del(&pin->turn->node);
	kfree(pin->turn);
	pin->turn = NULL;
	return turns;
}

static void row_leave(struct sipalg_turn_table *table, struct sipalg_pinhole *pin)
{
	lockdep_assert_held(&table->lock);
	if (pin->turn)
		turns_free_if_empty(table, turn_free(pin));
}

void sipalg_turn_wait(struct sipalg_net *sn, struct sipalg_pinhole *pin,
		      const struct nf_conn *master)
{
	struct sipalg_turns *turns;
	struct sipalg_turn *turn;

	if (!sipalg_pinhole_is_rtcp(pin))
		return;
	row_leave(sn->turns, pin);
	turn = kmalloc(sizeof(*turn), GFP_ATOMIC);
	if (!turn)
		return;
	turns = turns_of(sn->turns, master);
	if (!turns)
		turns = turns_add(sn->turns, master);
	if (!turns) {
		kfree(turn);
		return;
	}
	turn->turns = turns;
	turn->pin = pin;
	pin->turn = turn;
	list_add_tail(&turn->node, READ_ONCE(pin->is_due) ? &turns->due : &turns->early);
}

void sipalg_turn_due(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	spin_lock_bh(&sn->turns->lock);
	if (!pin->is_due && pin->turn)
		list_move_tail(&pin->turn->node, &pin->turn->turns->due);
	WRITE_ONCE(pin->is_due, true);
	spin_unlock_bh(&sn->turns->lock);
}

void sipalg_turn_leave(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (!sipalg_pinhole_is_rtcp(pin))
		return;
	spin_lock_bh(&sn->turns->lock);
	row_leave(sn->turns, pin);
	spin_unlock_bh(&sn->turns->lock);
}

void sipalg_turn_begin(struct sipalg_net *sn)
	__acquires(&sn->turns->lock)
{
	spin_lock_bh(&sn->turns->lock);
}

void sipalg_turn_end(struct sipalg_net *sn)
	__releases(&sn->turns->lock)
{
	spin_unlock_bh(&sn->turns->lock);
}

/* ---- room ------------------------------------------------------------------------ */

/*
 * The kernel ends the oldest expectation of a full class without telling us, so no class is ever
 * filled beyond its size.
 * Return: a class of the flow with room for one more expectation; -ENOSPC: all are full.
 */
static int class_with_room(const struct nf_conn_help *help, const struct sipalg_pinhole *pin)
{
	static const u8 classes[][SIPALG_PINHOLE_CLASSES] = {	/* 0 ends a row */
		[SIPALG_PINHOLE_SIGNALLING] = { SIPALG_PINHOLE_SIGNALLING },
		[SIPALG_PINHOLE_MEDIA]	 = { SIPALG_PINHOLE_MEDIA, SIPALG_PINHOLE_MEDIA_B,
					     SIPALG_PINHOLE_RTCP },
		[SIPALG_PINHOLE_MEDIA_B]	 = { SIPALG_PINHOLE_MEDIA_B, SIPALG_PINHOLE_MEDIA,
					     SIPALG_PINHOLE_RTCP },
		[SIPALG_PINHOLE_RTCP]	 = { SIPALG_PINHOLE_RTCP },
	};
	bool is_early = sipalg_pinhole_is_rtcp(pin) && !pin->is_due;
	u32 max = is_early ? SIPALG_PINHOLE_RTCP_PLACES : NF_CT_EXPECT_MAX_CNT;
	const u8 *class = classes[pin->class];

	do {
		if (READ_ONCE(help->expecting[*class]) < max)
			return *class;
	} while (*++class);
	return -ENOSPC;
}

/*
 * The source of an RTCP pinhole changes only while the pinhole is in no row, so it is read here
 * without the lock of the pinhole.
 * Return: the expectation of the pinhole on @flow, or NULL.
 */
static struct nf_conntrack_expect *rtcp_expect_on(struct sipalg_net *sn,
						  const struct sipalg_pinhole *pin,
						  const struct nf_conn *flow)
{
	struct nf_conntrack_expect *exp = sipalg_pinhole_expect_at(sn, &pin->mapped, &pin->source);

	return exp && exp->master == flow && exp->class == SIPALG_PINHOLE_RTCP &&
	       sipalg_pinhole_is_expected(exp) ? exp : NULL;
}

/*
 * Takes pinholes that wait no longer out of the front of a row.  @left is the number of looks that
 * are left for both rows.
 * Return: the expectation of the first pinhole that waits, or NULL.
 */
static struct nf_conntrack_expect *first_waiting(struct sipalg_net *sn, struct list_head *row,
						 const struct nf_conn *flow, u32 *left)
{
	struct nf_conntrack_expect *exp;
	struct sipalg_turn *turn;

	for (; *left && !list_empty(row); --*left) {
		sipalg_step();
		turn = list_first_entry(row, struct sipalg_turn, node);
		exp = rtcp_expect_on(sn, turn->pin, flow);
		if (exp)
			return exp;
		turn_free(turn->pin);
	}
	return NULL;
}

/* Whether @pin may end the wait of the RTCP pinhole that has been due for longest. */
static bool may_take_turn(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
			  const struct sipalg_turns *turns)
{
	const struct sipalg_turn *first = list_first_entry(&turns->due, struct sipalg_turn, node);

	return !sipalg_pinhole_is_rtcp(pin) ||
	       sipalg_age(sn, READ_ONCE(first->pin->armed)) >= SIPALG_PINHOLE_TURN_S * HZ;
}

/*
 * Return: the expectation on @flow that is to end for @pin: that of the oldest RTCP pinhole that is
 * not due, or else of the RTCP pinhole that has been due for longest; NULL: no expectation may end.
 */
static struct nf_conntrack_expect *least_needed(struct sipalg_net *sn,
						const struct sipalg_pinhole *pin,
						const struct nf_conn *flow)
{
	struct sipalg_turns *turns = turns_of(sn->turns, flow);
	struct nf_conntrack_expect *exp;
	u32 left = SIPALG_TURN_LOOKS;

	lockdep_assert_held(&nf_conntrack_expect_lock);
	if (!turns)
		return NULL;
	exp = first_waiting(sn, &turns->early, flow, &left);
	if (exp)
		return exp;
	exp = first_waiting(sn, &turns->due, flow, &left);
	if (exp && !may_take_turn(sn, pin, turns))
		exp = NULL;
	turns_free_if_empty(sn->turns, turns);
	return exp;
}

/* An RTP pinhole may always end another wait, an RTCP pinhole that is due now and then. */
static bool may_end_others(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (!sipalg_pinhole_is_rtcp(pin))
		return pin->class != SIPALG_PINHOLE_SIGNALLING;
	if (!pin->is_due || sipalg_age(sn, pin->sought) < SIPALG_PINHOLE_SEEK_S * HZ)
		return false;
	pin->sought = sipalg_now(sn);
	return true;
}

/* RTCP makes room for RTP, and early RTCP for RTCP that is due. */
static void turn_make_room(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			   struct nf_conn *master)
{
	struct nf_conntrack_expect *exp;

	lockdep_assert_held(&pin->lock);
	if (!may_end_others(sn, pin))
		return;
	rcu_read_lock();
	spin_lock_bh(&nf_conntrack_expect_lock);
	exp = least_needed(sn, pin, master);
	if (exp)
		sipalg_expect_remove(exp);
	spin_unlock_bh(&nf_conntrack_expect_lock);
	rcu_read_unlock();
}

int sipalg_turn_class(struct sipalg_net *sn, struct sipalg_pinhole *pin, struct nf_conn *master)
{
	const struct nf_conn_help *help = nfct_help(master);
	int class = class_with_room(help, pin);

	if (class >= 0)
		return class;
	turn_make_room(sn, pin, master);
	return class_with_room(help, pin);
}

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_turn_setup(struct sipalg_net *sn)
{
	struct sipalg_turn_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return -ENOMEM;
	spin_lock_init(&table->lock);
	err = rhashtable_init(&table->flows, &flow_params);
	if (err) {
		kfree(table);
		return err;
	}
	sn->turns = table;
	return 0;
}

void sipalg_turn_teardown(struct sipalg_net *sn)
{
	WARN_ON_ONCE(atomic_read(&sn->turns->flows.nelems));
	rhashtable_destroy(&sn->turns->flows);
	kfree(sn->turns);
}

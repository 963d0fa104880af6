// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_turn: the rows of followers that wait.  See sipalg_turn.h.
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
 * struct sipalg_turns - the followers that wait on one flow
 * @node: in the table
 * @flow: the connection, as a number: it may be gone
 * @early: those whose leaders were not taken yet
 * @due: the others
 */
struct sipalg_turns {
	struct rhash_head node;
	const struct nf_conn *flow;
	struct list_head early;
	struct list_head due;
};

/**
 * struct sipalg_turn - one of them: few pinholes wait, so it is not part of each
 * @node: in its row
 * @turns: where it stands
 * @pin: the pinhole
 */
struct sipalg_turn {
	struct list_head node;
	struct sipalg_turns *turns;
	struct sipalg_pinhole *pin;
};

struct sipalg_turn_table {
	struct rhashtable flows;
	spinlock_t lock;	/* guards all of the table, its entries and their rows */
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

/* Who has nobody in a row is forgotten.  Nobody looks one up without the lock. */
static void turns_tidy(struct sipalg_turn_table *table, struct sipalg_turns *turns)
{
	lockdep_assert_held(&table->lock);
	if (!list_empty(&turns->early) || !list_empty(&turns->due))
		return;
	rhashtable_remove_fast(&table->flows, &turns->node, flow_params);
	kfree(turns);
}

/* Return: where it stood. */
static struct sipalg_turns *step_out(struct sipalg_pinhole *pin)
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
		turns_tidy(table, step_out(pin));
}

/* Without memory it is in no row: then it never gives way. */
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
 * A class of this flow with room for one more.  The kernel would evict the oldest
 * expectation of a full class without a word, so it is never let come to that.
 */
static int class_with_room(const struct nf_conn_help *help, const struct sipalg_pinhole *pin)
{
	static const u8 classes[][SIPALG_PINHOLE_CLASSES] = {	/* 0: no more */
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
 * The expectation of a follower on that flow, or NULL.  Its source changes only while it stands
 * in no row.
 */
static struct nf_conntrack_expect *waits_at(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
					    const struct nf_conn *flow)
{
	struct nf_conntrack_expect *exp = sipalg_pinhole_expect_at(sn, &pin->mapped, &pin->source);

	return exp && exp->master == flow && exp->class == SIPALG_PINHOLE_RTCP &&
	       sipalg_pinhole_is_expected(exp) ? exp : NULL;
}

/* The expectation of the first of a row that still waits, or NULL.  @left: looks, for all rows */
static struct nf_conntrack_expect *first_of(struct sipalg_net *sn, struct list_head *row,
					    const struct nf_conn *flow, u32 *left)
{
	struct nf_conntrack_expect *exp;
	struct sipalg_turn *turn;

	for (; *left && !list_empty(row); --*left) {
		sipalg_step();
		turn = list_first_entry(row, struct sipalg_turn, node);
		exp = waits_at(sn, turn->pin, flow);
		if (exp)
			return exp;
		step_out(turn->pin);
	}
	return NULL;
}

static bool may_take_turn(struct sipalg_net *sn, const struct sipalg_pinhole *pin,
			  const struct sipalg_turns *turns)
{
	const struct sipalg_turn *first = list_first_entry(&turns->due, struct sipalg_turn, node);

	return !sipalg_pinhole_is_rtcp(pin) ||
	       sipalg_age(sn, READ_ONCE(first->pin->armed)) >= SIPALG_PINHOLE_TURN_S * HZ;
}

/*
 * The follower's expectation on @flow that gives way to @pin, or NULL: one whose leader still
 * waits, else the one that has been due for longest.
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
	exp = first_of(sn, &turns->early, flow, &left);
	if (exp)
		return exp;
	exp = first_of(sn, &turns->due, flow, &left);
	if (exp && !may_take_turn(sn, pin, turns))
		exp = NULL;
	turns_tidy(sn->turns, turns);
	return exp;
}

/* A leader may ask who gives way, a follower that is due now and then. */
static bool may_seek(struct sipalg_net *sn, struct sipalg_pinhole *pin)
{
	if (!sipalg_pinhole_is_rtcp(pin))
		return pin->class != SIPALG_PINHOLE_SIGNALLING;
	if (!pin->is_due || sipalg_age(sn, pin->sought) < SIPALG_PINHOLE_SEEK_S * HZ)
		return false;
	pin->sought = sipalg_now(sn);
	return true;
}

/* RTCP gives way to RTP, and RTCP of calls that wait to that of calls that talk. */
static void turn_make_room(struct sipalg_net *sn, struct sipalg_pinhole *pin,
			   struct nf_conn *master)
{
	struct nf_conntrack_expect *exp;

	lockdep_assert_held(&pin->lock);
	if (!may_seek(sn, pin))
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

/* All pinholes are closed, so nobody waits. */
void sipalg_turn_teardown(struct sipalg_net *sn)
{
	WARN_ON_ONCE(atomic_read(&sn->turns->flows.nelems));
	rhashtable_destroy(&sn->turns->flows);
	kfree(sn->turns);
}

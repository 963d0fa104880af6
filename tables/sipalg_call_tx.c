// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call_tx: the requests that a call remembers, under the lock of the call.  See
 * sipalg_call_tx.h.
 */
#include <linux/slab.h>

#include "sipalg_call.h"
#include "sipalg_call_tx.h"
#include "sip_method.h"

static struct kmem_cache *busy_cache __read_mostly;

struct sipalg_call_busy *sipalg_call_busy_get(struct sipalg_call *call)
{
	if (call->busy)
		return call->busy;
	call->busy = kmem_cache_zalloc(busy_cache, GFP_ATOMIC);
	if (call->busy) {
		call->busy->call = call;
		call->busy->half.ref = &call->ref;
	}
	return call->busy;
}

static void busy_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(busy_cache, container_of(rcu, struct sipalg_call_busy, rcu));
}

void sipalg_call_busy_free(struct sipalg_call *call)
{
	if (call->busy)
		kmem_cache_free(busy_cache, call->busy);
}

void sipalg_call_busy_drop(struct sipalg_call *call)
{
	lockdep_assert_held(&call->lock);
	call_rcu(&call->busy->rcu, busy_free_rcu);
	call->busy = NULL;
}

struct sipalg_call_tx *sipalg_call_tx_find(struct sipalg_call *call,
					   const struct sipalg_call_event *ev,
					   enum sipalg_call_side side)
{
	u32 i;

	for (i = 0; call->busy && i < SIPALG_CALL_TXS; i++) {
		struct sipalg_call_tx *tx = &call->busy->tx[i];

		sipalg_step();
		if (tx->method == ev->method && tx->branch == ev->branch &&
		    tx->cseq == ev->cseq && tx->side == side)
			return tx;
	}
	return NULL;
}

/*
 * Return: a place for one request more.  A request that was answered makes room first, then the
 * oldest one that is neither INVITE nor BYE.  INVITE and BYE go last, because the call depends on
 * their answers.
 */
static struct sipalg_call_tx *free_tx(struct sipalg_call_busy *busy)
{
	struct sipalg_call_tx *tx, *best = NULL;
	u32 i;

	for (i = 0; i < SIPALG_CALL_TXS; i++) {
		sipalg_step();
		tx = &busy->tx[(busy->next_tx + i) % SIPALG_CALL_TXS];
		if (!tx->method || tx->is_done)
			break;
		if (!best && tx->method != SIP_INVITE && tx->method != SIP_BYE)
			best = tx;
	}
	if (i == SIPALG_CALL_TXS)
		tx = best ? best : &busy->tx[busy->next_tx % SIPALG_CALL_TXS];
	busy->next_tx = tx - busy->tx + 1;
	return tx;
}

/*
 * 32 bits under a secret key are enough: an answer has the branch, the Call-ID and the tags of its
 * request too, and nobody can choose a flow or an address by the hash (SECURITY R4).
 */
static u32 hash_of_flow(const struct sipalg_call_event *ev)
{
	return sipalg_hash(ev->flow, sizeof(*ev->flow), 0);
}

static u32 hash_of_addr(const struct sip_addr *addr)
{
	return sipalg_hash_addr(addr, addr->family, 0);
}

struct sipalg_call_tx *sipalg_call_tx_add(struct sipalg_call *call,
					  const struct sipalg_call_event *ev,
					  enum sipalg_call_side side)
{
	struct sipalg_call_tx *tx;

	if (!sipalg_call_busy_get(call)) {
		sipalg_count(ev->sn, SIPALG_STAT_NO_MEMORY);
		return NULL;
	}
	tx = free_tx(call->busy);
	*tx = (struct sipalg_call_tx){
		.branch = ev->branch,
		.flow = hash_of_flow(ev),
		.sent_to = hash_of_addr(&ev->receiver),
		.cseq = ev->cseq,
		.method = ev->method,
		.side = side,
		.dir = ev->dir,
		.body = ev->body,
	};
	return tx;
}

bool sipalg_call_tx_may_answer(const struct sipalg_call_tx *tx, const struct sipalg_call_event *ev)
{
	if (tx->sent_to == hash_of_addr(&ev->sender.addr))
		return true;
	return tx->dir != ev->dir && tx->flow == hash_of_flow(ev);
}

bool sipalg_call_tx_is_acked(const struct sipalg_call *call, const struct sipalg_call_event *ev,
			     enum sipalg_call_side side)
{
	u32 i;

	for (i = 0; call->busy && i < SIPALG_CALL_TXS; i++) {
		const struct sipalg_call_tx *tx = &call->busy->tx[i];

		sipalg_step();
		if (tx->is_elsewhere && tx->cseq == ev->cseq && tx->side == side &&
		    tx->sent_to == hash_of_addr(&ev->receiver))
			return !sip_addr_equal(&ev->sender.addr, &ev->receiver);
	}
	return false;
}

bool sipalg_call_has_bye(const struct sipalg_call *call, const struct sipalg_call_event *ev,
			 enum sipalg_call_side side)
{
	u32 i;

	for (i = 0; call->busy && i < SIPALG_CALL_TXS; i++) {
		const struct sipalg_call_tx *tx = &call->busy->tx[i];

		sipalg_step();
		if (tx->method == SIP_BYE && tx->cseq == ev->cseq && tx->side == side)
			return true;
	}
	return false;
}

bool sipalg_call_is_pending(const struct sipalg_call *call, u8 method)
{
	u32 i;

	for (i = 0; call->busy && i < SIPALG_CALL_TXS; i++) {
		sipalg_step();
		if (call->busy->tx[i].method == method && !call->busy->tx[i].is_done)
			return true;
	}
	return false;
}

int sipalg_call_tx_module_init(void)
{
	busy_cache = KMEM_CACHE(sipalg_call_busy, 0);
	return busy_cache ? 0 : -ENOMEM;
}

void sipalg_call_tx_module_exit(void)
{
	kmem_cache_destroy(busy_cache);
}

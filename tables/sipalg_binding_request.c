// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_binding_request: what REGISTER and its answer do.  See sipalg_binding_request.h.
 */
#include <linux/list.h>

#include "sipalg_binding.h"
#include "sipalg_binding_internal.h"
#include "sipalg_binding_request.h"
#include "sipalg_caller.h"
#include "sipalg_pinhole_real.h"

enum {
	BOUND_MAX	= SIP_MAX_VALUES,	/* granted bindings of one account */
};

static struct sipalg_pinhole_want binding_want(const struct sipalg_binding_request *reg, u16 port)
{
	struct sipalg_pinhole_want want = {
		.sn = reg->sn,
		.ct = reg->ct,
		.real = reg->self.addr,
		.mapped = reg->mapped.addr,
		.ports = { port },
		.n = 1,
		.proto = reg->proto,
		.class = SIPALG_PINHOLE_SIGNALLING,
		.is_lasting = true,
		.seed = port,
	};

	if (port == reg->self.port)
		want.mapped_port = reg->mapped.port;
	/* without NAT the host's own port is published */
	want.keep_ports = sip_addr_equal(&want.real, &want.mapped) &&
			  reg->self.port == reg->mapped.port;
	return want;
}

/*
 * Return: a pinhole for the contact: the one that the contact has already, perhaps from another
 * account, or a new one; -errno.
 */
static struct sipalg_pinhole *pin_for(const struct sipalg_binding *b,
				      const struct sipalg_binding_request *reg)
{
	struct sipalg_pinhole_want want = binding_want(reg, b->port);
	struct sip_endpoint mapped = { want.mapped, want.mapped_port };
	struct sipalg_pinhole_key real = {
		.addr = want.real, .port = b->port, .zone = b->key.zone, .proto = b->proto,
	};
	struct sipalg_pinhole *pin;
	int err;

	pin = sipalg_pinhole_signalling(reg->sn, &real, &mapped);
	if (pin && sipalg_pinhole_get(pin))
		return pin;
	err = sipalg_pinhole_reserve(&want, &pin);
	return err ? ERR_PTR(err) : pin;
}

/*
 * One REGISTER may name the host and port of a contact twice, once to remove an older form of the
 * contact.  Then the longer life counts.
 */
static void remember_request(struct sipalg_binding *b, const struct sipalg_binding_request *reg,
			     u32 asked_s)
{
	if (b->is_asked && b->call_id == reg->call_id && b->cseq == reg->cseq)
		asked_s = max(asked_s, b->asked_s);
	b->is_asked = true;
	b->call_id = reg->call_id;
	b->cseq = reg->cseq;
	b->branch = reg->branch;
	b->flow = reg->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	b->asked_of = reg->registrar.addr;
	b->asked_s = asked_s;
}

/* SECURITY M5: the answer must come from where its request went to. */
static bool is_answer(const struct sipalg_binding *b, const struct sipalg_binding_request *reg)
{
	return sipalg_binding_is_of_request(b, reg) &&
	       (sip_addr_equal(&b->asked_of, &reg->registrar.addr) ||
		nf_ct_tuple_equal(&b->flow, &reg->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple));
}

/*
 * The answer comes to the port of the contact, and the request was sent from another port: the
 * pinhole lets the registrar in for the time of the transaction.
 */
static void let_answer_in(struct sipalg_binding *b, const struct sipalg_binding_request *reg)
{
	struct sipalg_pinhole_want want = binding_want(reg, b->port);
	struct sip_addr source = reg->registrar.addr;

	if (b->is_bound)	/* an address that may call in may answer, too */
		return;
	want.source = &source;
	want.ttl_s = SIPALG_BINDING_GRACE_S;
	sipalg_pinhole_arm(b->next_pin, &want);
}

static int ask_locked(const struct sipalg_binding_request *reg, u16 port, u32 asked_s)
{
	struct sipalg_binding *b = sipalg_binding_find(reg, port);
	struct sipalg_pinhole *pin;

	if (!b && !asked_s)	/* the request removes a contact that has no binding */
		return 0;
	if (!b) {
		b = sipalg_binding_add(reg, port);
		if (IS_ERR(b))
			return PTR_ERR(b);
	}
	pin = reg->on_flow ? NULL : pin_for(b, reg);
	if (IS_ERR(pin) && port == reg->self.port) {
		/* at least the registrar can call in over the connection, which is kept */
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_PLAIN);
		pin = NULL;
	}
	if (IS_ERR(pin)) {
		if (!b->is_bound && !b->is_asked)
			sipalg_binding_rm(reg->sn, b);
		return PTR_ERR(pin);
	}
	sipalg_pinhole_close(reg->sn, b->next_pin, SIPALG_PINHOLE_KEEP_CONNS);
	b->next_pin = pin;
	remember_request(b, reg, asked_s);
	if (!b->is_bound) {
		b->expires = sipalg_now(reg->sn) + SIPALG_BINDING_GRACE_S * HZ;
		list_move_tail(&b->of_account, &b->account->asked);
	}
	if (!pin) {
		b->mapped = reg->mapped;
		return 0;
	}
	if (port == reg->answer_port && port != reg->self.port)
		let_answer_in(b, reg);
	return 0;
}

int sipalg_binding_ask(const struct sipalg_binding_request *reg, u16 port, u32 asked_s)
{
	int err;

	spin_lock_bh(&reg->sn->bindings->lock);
	err = ask_locked(reg, port, asked_s);
	spin_unlock_bh(&reg->sn->bindings->lock);
	return err;
}

void sipalg_binding_ask_none(const struct sipalg_binding_request *reg)
{
	struct sipalg_binding_table *table = reg->sn->bindings;
	struct sipalg_binding_key key = sipalg_binding_key_of(reg);
	struct sipalg_binding_account *account;
	struct sipalg_binding *b;

	spin_lock_bh(&table->lock);
	account = sipalg_binding_account_find(table, &key);
	if (!account)
		goto unlock;
	list_for_each_entry(b, &account->bound, of_account) {
		sipalg_step();
		remember_request(b, reg, 0);
	}
	list_for_each_entry(b, &account->asked, of_account) {
		sipalg_step();
		remember_request(b, reg, 0);
	}
unlock:
	spin_unlock_bh(&table->lock);
}

/**
 * struct answer - an answer, and the longest life that it has granted
 * @reg: answer
 * @grants: contacts of the answer
 * @n: number of contacts in @grants
 * @default_s: life of a contact that @grants does not name, in seconds
 * @longest: longest life that was granted so far, in seconds; 0: no binding was granted
 */
struct answer {
	const struct sipalg_binding_request *reg;
	const struct sipalg_grant *grants;
	u32 n;
	u32 default_s;
	u32 longest;
};

static u32 granted_s(const struct answer *answer, const struct sipalg_binding *b)
{
	struct sip_endpoint mapped = sipalg_binding_published(b, b->next_pin);
	u32 i;

	for (i = 0; i < answer->n; i++) {
		sipalg_step();
		if (sip_endpoint_equal(&answer->grants[i].contact, &mapped))
			return answer->grants[i].expires_s;
	}
	return answer->default_s;
}

/* The registrar may call in, and so may the addresses that its answer names (security.md B2). */
static void add_callers(const struct sipalg_binding_request *reg, struct sipalg_pinhole *pin)
{
	u32 i;

	sipalg_pinhole_add_caller(pin, &reg->registrar.addr);
	for (i = 0; i < reg->n_callers; i++)
		sipalg_pinhole_add_caller(pin, &reg->callers[i]);
}

/*
 * Return: life of the binding, in seconds; 0: the binding is to be removed; -errno: the binding
 * stays as if no answer had come.
 */
static int bind_one(const struct sipalg_binding_request *reg, struct sipalg_binding *b, u32 granted)
{
	const struct sipalg_settings *set = sipalg_settings_of(reg->sn);
	struct sipalg_pinhole_want want = binding_want(reg, b->port);
	struct sip_addr source = reg->registrar.addr;
	struct sipalg_pinhole *old;
	u32 life;
	int err;

	if (!granted)
		return 0;
	/* the sum cannot overflow: @granted is limited before the grace is added */
	life = min(granted, set->register_max) + SIPALG_BINDING_GRACE_S;
	life = clamp(life, set->register_min, max(set->register_min, set->register_max));
	want.ttl_s = life;
	if (set->signalling_source == SIPALG_SIGNALLING_REGISTRAR)
		want.source = &source;
	if (b->next_pin) {
		add_callers(reg, b->next_pin);
		err = sipalg_pinhole_arm(b->next_pin, &want);
		if (err)
			return err;
	}
	old = b->pin;
	b->pin = b->next_pin;
	b->next_pin = NULL;
	sipalg_binding_close_way_in(reg->sn, b, old);
	if (!b->is_bound)
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_ADDED);
	sipalg_binding_list_bound(b);
	b->registrar = reg->registrar;
	b->expires = sipalg_now(reg->sn) + life * HZ;
	sipalg_binding_trace(b, life);
	return life;
}

/* Settles bindings of @list that the answer is about.  The granted ones go to the end of @bound. */
static void grant_in(struct answer *answer, struct list_head *list)
{
	struct sipalg_binding *b, *next;
	int life;

	list_for_each_entry_safe(b, next, list, of_account) {
		sipalg_step();
		if (!is_answer(b, answer->reg))
			continue;
		b->is_asked = false;
		life = b->asked_s && (b->next_pin || b->mapped.port) ?
		       bind_one(answer->reg, b, granted_s(answer, b)) : 0;
		if (!life)
			sipalg_binding_rm(answer->reg->sn, b);
		else if (life > 0)
			answer->longest = max_t(u32, answer->longest, life);
	}
}

u32 sipalg_binding_grant(const struct sipalg_binding_request *reg,
			 const struct sipalg_grant *grants, u32 n, u32 default_s)
{
	struct answer answer = { reg, grants, n, default_s };
	struct sipalg_binding_table *table = reg->sn->bindings;
	struct sipalg_binding_key key = sipalg_binding_key_of(reg);
	struct sipalg_binding_account *account;

	spin_lock_bh(&table->lock);
	account = sipalg_binding_account_find(table, &key);
	if (!account)
		goto unlock;
	account->n++;
	grant_in(&answer, &account->bound);
	grant_in(&answer, &account->asked);
	while (account->n_bound > BOUND_MAX)
		sipalg_binding_rm(reg->sn, list_first_entry(&account->bound, struct sipalg_binding,
							    of_account));
	sipalg_binding_account_put(table, account);
unlock:
	spin_unlock_bh(&table->lock);
	return answer.longest;
}

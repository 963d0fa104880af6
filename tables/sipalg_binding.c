// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_binding: the table of registered contacts.  See sipalg_binding.h for the contract.
 */
#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_binding.h"
#include "sipalg_caller.h"
#include "sipalg_pinhole_real.h"
#include "sipalg_quota.h"
#include "sipalg_compat.h"
#include "sipalg_trace.h"

/* whose bindings: key of the table; no padding, it is hashed as bytes */
struct binding_key {
	u64 aor;
	struct sip_addr host;
	u32 zone;
};

/**
 * struct account - an address of record at one host
 * @node: in the table
 * @key: whose
 * @asked: bindings that nobody has granted, the one that was asked for longest ago first
 * @bound: the others, the one that was granted longest ago first
 * @n: all of them, and who walks over them
 * @n_asked: in @asked
 * @n_bound: in @bound
 */
struct account {
	struct rhash_head node;
	struct binding_key key;
	struct list_head asked;
	struct list_head bound;
	u32 n;
	u32 n_asked;
	u32 n_bound;
};

/**
 * struct contact - an address and port at which somebody is registered
 * @node: in the table
 * @key: host, port, zone and transport
 * @bound: granted bindings, the newest first; a host may have registered all its accounts here
 * @n: all bindings
 * @n_bound: in @bound; read without the lock, too
 * @rcu: look-ups run under RCU
 */
struct contact {
	struct rhash_head node;
	struct sipalg_pinhole_key key;
	struct list_head bound;
	u32 n;
	u32 n_bound;
	struct rcu_head rcu;
};

/**
 * struct sipalg_binding - one contact of one address of record at one host
 * @account: whose; an address of record may have several
 * @of_account: in one of the lists of that
 * @contact: where it is; several addresses of record may be there
 * @of_contact: in the list of that, when it is granted
 * @key: whose
 * @id: its number in the table
 * @port: the contact's port
 * @proto: IPPROTO_UDP or IPPROTO_TCP
 * @registrar: who granted it
 * @shown: length of @aor
 * @aor: the beginning of the address of record
 * @is_dead: taken out of the table
 * @is_bound: granted at least once
 * @is_asked: a request waits for its answer
 * @call_id: of that request
 * @cseq: of that request
 * @branch: of that request
 * @flow: original tuple of its connection
 * @asked_of: the registrar that it went to
 * @asked_s: what it asks for
 * @expires: sipalg_now() of its end
 * @tick: of the next renewal of its pinhole
 * @mapped: where its connection is seen, where no pinhole is its way in
 * @pin: its way in
 * @next_pin: the one that the waiting request published, where it is another
 * @host: who is charged for it; NULL: nobody is
 * @rcu: the table's walkers run under RCU
 */
struct sipalg_binding {
	struct account *account;
	struct list_head of_account;
	struct contact *contact;
	struct list_head of_contact;
	struct binding_key key;
	u32 id;
	u16 port;
	u8 proto;
	struct sip_endpoint registrar;
	u8 shown;
	char aor[SIPALG_BINDING_AOR_SHOWN];
	bool is_dead;
	bool is_bound;
	bool is_asked;
	u64 call_id;
	u32 cseq;
	u64 branch;
	struct nf_conntrack_tuple flow;
	struct sip_addr asked_of;
	u32 asked_s;
	unsigned long expires;
	unsigned long tick;
	struct sip_endpoint mapped;
	struct sipalg_pinhole *pin;
	struct sipalg_pinhole *next_pin;
	struct sipalg_quota *host;
	struct rcu_head rcu;
};

struct sipalg_binding_table {
	struct rhashtable accounts;
	struct rhashtable contacts;
	struct xarray by_id;	/* bindings, for who wants to see them in order, and miss none */
	u32 last_id;
	unsigned long gc_next;	/* from which number on the next tick looks */
	spinlock_t lock;	/* guards all of the table and its entries */
	u32 n;
	u32 n_tcp;		/* those over TCP; read without the lock, too, as @n */
};

enum {
	CONTACT_LOOKS	= 16,	/* bindings of one contact that are looked at for a way in */
	/* of one account: as many as one message can name, */
	ASKED_MAX	= SIP_MAX_VALUES,	/* of those that nobody has granted, */
	BOUND_MAX	= SIP_MAX_VALUES,	/* and of the others */
};

static int account_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	sipalg_step();
	return memcmp(&((const struct account *)obj)->key, arg->key, sizeof(struct binding_key));
}

static const struct rhashtable_params account_params = {
	.key_offset = offsetof(struct account, key),
	.key_len = sizeof(struct binding_key),
	.head_offset = offsetof(struct account, node),
	.min_size = SIPALG_TABLE_LEAST,
	.hashfn = sipalg_hash,
	.obj_cmpfn = account_differs,
	.automatic_shrinking = true,
};

static struct sipalg_pinhole_key contact_of(const struct sipalg_binding *b)
{
	return (struct sipalg_pinhole_key){ b->key.host, b->port, b->key.zone, b->proto };
}

static u32 contact_hash(const void *data, u32 len, u32 seed)
{
	const struct sipalg_pinhole_key *key = data;

	return sipalg_hash_addr(&key->addr, (u32)key->zone << 16 | key->port, seed ^ key->proto);
}

static int contact_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sipalg_pinhole_key *a = arg->key, *b = &((const struct contact *)obj)->key;

	sipalg_step();
	return a->port != b->port || a->proto != b->proto || a->zone != b->zone ||
	       !sip_addr_equal(&a->addr, &b->addr);
}

static const struct rhashtable_params contact_params = {
	.key_offset = offsetof(struct contact, key),
	.key_len = sizeof(struct sipalg_pinhole_key),
	.head_offset = offsetof(struct contact, node),
	.min_size = SIPALG_TABLE_LEAST,
	.hashfn = contact_hash,
	.obj_cmpfn = contact_differs,
	.automatic_shrinking = true,
};

static struct kmem_cache *binding_cache __read_mostly;

static void binding_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(binding_cache, container_of(rcu, struct sipalg_binding, rcu));
}

static struct binding_key binding_key_of(const struct sipalg_binding_request *reg)
{
	return (struct binding_key){ reg->aor, reg->self.addr, nf_ct_zone(reg->ct)->id };
}

static bool is_of_request(const struct sipalg_binding *b, const struct sipalg_binding_request *reg)
{
	return b->is_asked && b->call_id == reg->call_id && b->cseq == reg->cseq &&
	       b->branch == reg->branch;
}

/* ---- accounts and contacts ------------------------------------------------------- */

static struct account *account_find(struct sipalg_binding_table *table,
				    const struct binding_key *key)
{
	lockdep_assert_held(&table->lock);
	return rhashtable_lookup_fast(&table->accounts, key, account_params);
}

/* Return: the account, to be put again; -errno. */
static struct account *account_get(struct sipalg_binding_table *table,
				   const struct binding_key *key)
{
	struct account *account = account_find(table, key);
	int err;

	if (account) {
		account->n++;
		return account;
	}
	account = kzalloc(sizeof(*account), GFP_ATOMIC);
	if (!account)
		return ERR_PTR(-ENOMEM);
	account->key = *key;
	account->n = 1;
	INIT_LIST_HEAD(&account->asked);
	INIT_LIST_HEAD(&account->bound);
	err = rhashtable_insert_fast(&table->accounts, &account->node, account_params);
	if (!err)
		return account;
	kfree(account);
	return ERR_PTR(err);
}

/* Who has nothing is forgotten.  Nobody looks one up without the lock. */
static void account_put(struct sipalg_binding_table *table, struct account *account)
{
	if (--account->n)
		return;
	rhashtable_remove_fast(&table->accounts, &account->node, account_params);
	kfree(account);
}

static struct sipalg_binding *binding_in(struct list_head *list, u16 port, u8 proto)
{
	struct sipalg_binding *b;

	list_for_each_entry(b, list, of_account) {
		sipalg_step();
		if (b->port == port && b->proto == proto)
			return b;
	}
	return NULL;
}

static struct sipalg_binding *binding_find(const struct sipalg_binding_request *reg, u16 port)
{
	struct binding_key key = binding_key_of(reg);
	struct account *account = account_find(reg->sn->bindings, &key);
	struct sipalg_binding *b;

	if (!account)
		return NULL;
	b = binding_in(&account->bound, port, reg->proto);
	return b ? b : binding_in(&account->asked, port, reg->proto);
}

static struct contact *contact_find(struct sipalg_binding_table *table,
				    const struct sipalg_pinhole_key *key)
{
	return rhashtable_lookup(&table->contacts, key, contact_params);
}

/* Return: the contact of a binding, with one more there; -errno. */
static struct contact *contact_get(struct sipalg_binding_table *table,
				   const struct sipalg_pinhole_key *key)
{
	struct contact *contact = contact_find(table, key);
	int err;

	lockdep_assert_held(&table->lock);
	if (!contact) {
		contact = kzalloc(sizeof(*contact), GFP_ATOMIC);
		if (!contact)
			return ERR_PTR(-ENOMEM);
		contact->key = *key;
		INIT_LIST_HEAD(&contact->bound);
		err = rhashtable_insert_fast(&table->contacts, &contact->node, contact_params);
		if (err) {
			kfree(contact);
			return ERR_PTR(err);
		}
	}
	contact->n++;
	return contact;
}

static void contact_put(struct sipalg_binding_table *table, struct contact *contact)
{
	if (--contact->n)
		return;
	rhashtable_remove_fast(&table->contacts, &contact->node, contact_params);
	kfree_rcu(contact, rcu);
}

/* A binding of @b's account is asked for, and was not granted yet. */
static void list_asked(struct sipalg_binding *b)
{
	list_add_tail(&b->of_account, &b->account->asked);
	b->account->n_asked++;
}

static void binding_unlist(struct sipalg_binding *b)
{
	list_del(&b->of_account);
	if (!b->is_bound) {
		b->account->n_asked--;
		return;
	}
	b->account->n_bound--;
	list_del(&b->of_contact);
	WRITE_ONCE(b->contact->n_bound, b->contact->n_bound - 1);
	b->is_bound = false;
}

/* It is granted, perhaps again. */
static void list_bound(struct sipalg_binding *b)
{
	binding_unlist(b);
	b->is_bound = true;
	list_add_tail(&b->of_account, &b->account->bound);
	b->account->n_bound++;
	list_add(&b->of_contact, &b->contact->bound);
	WRITE_ONCE(b->contact->n_bound, b->contact->n_bound + 1);
}

/* Whether somebody is registered there.  No lock is needed. */
static bool is_bound_at(struct sipalg_binding_table *table, const struct sipalg_pinhole_key *key)
{
	const struct contact *contact = contact_find(table, key);

	return contact && READ_ONCE(contact->n_bound);
}

/* A granted binding of a contact, with that way in or (NULL) any; NULL: none was found. */
static struct sipalg_binding *bound_at(const struct contact *contact,
				       const struct sipalg_pinhole *pin)
{
	struct sipalg_binding *b;
	u32 left = CONTACT_LOOKS;

	list_for_each_entry(b, &contact->bound, of_contact) {
		sipalg_step();
		if (!left--)
			break;
		if (!pin || b->pin == pin)
			return b;
	}
	return NULL;
}

static int binding_charge_host(const struct sipalg_binding_request *reg, struct sipalg_binding *b)
{
	struct sipalg_quota_key host = { b->key.host, b->key.zone };
	u32 max = sipalg_settings_of(reg->sn)->bindings_per_host;
	struct sipalg_quota *quota = sipalg_quota_charge(reg->sn, &host, SIPALG_QUOTA_BINDING, 1,
							 max);

	if (quota == ERR_PTR(-EDQUOT)) {
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_QUOTA);
		return -ENOSPC;
	}
	if (IS_ERR(quota))
		return PTR_ERR(quota);
	b->host = quota;
	return 0;
}

static void binding_release_host(struct sipalg_net *sn, struct sipalg_binding *b)
{
	sipalg_quota_release(sn, b->host, SIPALG_QUOTA_BINDING, 1);
	b->host = NULL;
}

static struct sipalg_binding *account_add(const struct sipalg_binding_request *reg,
					  struct account *account, u16 port)
{
	struct sipalg_binding_table *table = reg->sn->bindings;
	u32 max = sipalg_settings_of(reg->sn)->bindings_max;
	struct sipalg_pinhole_key contact;
	struct sipalg_binding *b;
	int err;

	lockdep_assert_held(&table->lock);
	if (max && table->n >= max) {
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_FULL);
		return ERR_PTR(-ENOSPC);
	}
	b = kmem_cache_zalloc(binding_cache, GFP_ATOMIC);
	if (!b)
		return ERR_PTR(-ENOMEM);
	b->key = binding_key_of(reg);
	b->port = port;
	b->proto = reg->proto;
	b->registrar = reg->registrar;
	b->shown = min_t(u32, reg->aor_len, SIPALG_BINDING_AOR_SHOWN);
	memcpy(b->aor, reg->aor_text, b->shown);
	err = binding_charge_host(reg, b);
	if (err)
		goto free;
	err = xa_alloc_cyclic_bh(&table->by_id, &b->id, b, xa_limit_32b, &table->last_id,
				 GFP_ATOMIC);
	if (err < 0)
		goto release;
	contact = contact_of(b);
	b->contact = contact_get(table, &contact);
	err = PTR_ERR_OR_ZERO(b->contact);
	if (err)
		goto erase;
	b->account = account;
	account->n++;
	list_asked(b);
	table->n++;
	WRITE_ONCE(table->n_tcp, table->n_tcp + (b->proto == IPPROTO_TCP));
	sipalg_gc_soon(reg->sn);
	return b;

erase:
	b->is_dead = true;	/* a reader of the list may have found it */
	xa_erase_bh(&table->by_id, b->id);
release:
	binding_release_host(reg->sn, b);
free:
	call_rcu(&b->rcu, binding_free_rcu);
	return ERR_PTR(err);
}

/* What stands in the contact instead of the host's own address. */
static struct sip_endpoint published_contact(const struct sipalg_binding *b,
					     const struct sipalg_pinhole *pin)
{
	return pin ? (struct sip_endpoint){ pin->mapped.addr, pin->mapped.port } : b->mapped;
}

/* @life_s: 0: it has ended */
static void trace_binding(const struct sipalg_binding *b, u32 life_s)
{
	struct sip_endpoint contact = { b->key.host, b->port }, mapped = published_contact(b,
											   b->pin);

	trace_sipalg_binding(&contact, &mapped, life_s);
}

/* A call that shares the way in keeps it, but for its peer alone. */
static void close_way_in(struct sipalg_net *sn, const struct sipalg_binding *b,
			 struct sipalg_pinhole *pin)
{
	if (pin && !bound_at(b->contact, pin))
		sipalg_pinhole_leave_to_peers(pin);
	sipalg_pinhole_close(sn, pin, SIPALG_PINHOLE_KEEP_CONNS);
}

static void binding_rm(struct sipalg_net *sn, struct sipalg_binding *b)
{
	struct sipalg_binding_table *table = sn->bindings;

	lockdep_assert_held(&table->lock);
	binding_release_host(sn, b);
	if (b->is_bound) {
		sipalg_count(sn, SIPALG_STAT_BINDINGS_ENDED);
		trace_binding(b, 0);
	}
	xa_erase_bh(&table->by_id, b->id);
	binding_unlist(b);
	close_way_in(sn, b, b->pin);
	sipalg_pinhole_close(sn, b->next_pin, SIPALG_PINHOLE_KEEP_CONNS);
	contact_put(table, b->contact);
	account_put(table, b->account);
	b->is_dead = true;
	table->n--;
	WRITE_ONCE(table->n_tcp, table->n_tcp - (b->proto == IPPROTO_TCP));
	call_rcu(&b->rcu, binding_free_rcu);
}

/*
 * To ask costs nothing, so what was only asked for, and longest ago, gives way; never what is
 * granted, nor what the message under way has asked for.
 */
static int account_make_room(const struct sipalg_binding_request *reg, struct account *account)
{
	struct sipalg_binding *b;

	if (account->n_asked < ASKED_MAX)
		return 0;
	b = list_first_entry(&account->asked, struct sipalg_binding, of_account);
	if (is_of_request(b, reg)) {
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_QUOTA);
		return -ENOSPC;
	}
	binding_rm(reg->sn, b);
	return 0;
}

static struct sipalg_binding *binding_add(const struct sipalg_binding_request *reg, u16 port)
{
	struct sipalg_binding_table *table = reg->sn->bindings;
	struct binding_key key = binding_key_of(reg);
	struct account *account = account_get(table, &key);
	struct sipalg_binding *b;
	int err;

	if (IS_ERR(account))
		return ERR_CAST(account);
	err = account_make_room(reg, account);
	b = err ? ERR_PTR(err) : account_add(reg, account, port);
	account_put(table, account);
	return b;
}

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
	/* without NAT nothing is published but what the host has */
	want.keep_ports = sip_addr_equal(&want.real, &want.mapped) &&
			  reg->self.port == reg->mapped.port;
	return want;
}

/* A pinhole for the contact: the one that it has, one that another account has, or a new one. */
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

/* One REGISTER may name a contact's host:port twice, once to remove an older form of it. */
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

/* SECURITY M5: the answer to what was asked, from where it was asked */
static bool is_answer(const struct sipalg_binding *b, const struct sipalg_binding_request *reg)
{
	return is_of_request(b, reg) &&
	       (sip_addr_equal(&b->asked_of, &reg->registrar.addr) ||
		nf_ct_tuple_equal(&b->flow, &reg->ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple));
}

/*
 * The answer comes to the contact's port, not to the one that the request was sent
 * from: the registrar is let in for the time of the transaction.
 */
static void let_answer_in(struct sipalg_binding *b, const struct sipalg_binding_request *reg)
{
	struct sipalg_pinhole_want want = binding_want(reg, b->port);
	struct sip_addr source = reg->registrar.addr;

	if (b->is_bound)	/* who may call in may answer too */
		return;
	want.source = &source;
	want.ttl_s = SIPALG_BINDING_GRACE_S;
	sipalg_pinhole_arm(b->next_pin, &want);
}

static int ask_locked(const struct sipalg_binding_request *reg, u16 port, u32 asked_s)
{
	struct sipalg_binding *b = binding_find(reg, port);
	struct sipalg_pinhole *pin;

	if (!b && !asked_s)	/* removes what we never knew */
		return port == reg->self.port ? reg->mapped.port : port;
	if (!b) {
		b = binding_add(reg, port);
		if (IS_ERR(b))
			return PTR_ERR(b);
	}
	pin = reg->on_flow ? NULL : pin_for(b, reg);
	if (IS_ERR(pin) && port == reg->self.port) {
		/* the registrar, at least, comes in over the connection, which is kept */
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_PLAIN);
		pin = NULL;
	}
	if (IS_ERR(pin)) {
		if (!b->is_bound && !b->is_asked)
			binding_rm(reg->sn, b);
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
		return reg->mapped.port;
	}
	if (port == reg->answer_port && port != reg->self.port)
		let_answer_in(b, reg);
	return pin->mapped.port;
}

int sipalg_binding_ask(const struct sipalg_binding_request *reg, u16 port, u32 asked_s)
{
	int ret;

	spin_lock_bh(&reg->sn->bindings->lock);
	ret = ask_locked(reg, port, asked_s);
	spin_unlock_bh(&reg->sn->bindings->lock);
	return ret;
}

void sipalg_binding_ask_none(const struct sipalg_binding_request *reg)
{
	struct sipalg_binding_table *table = reg->sn->bindings;
	struct binding_key key = binding_key_of(reg);
	struct account *account;
	struct sipalg_binding *b;

	spin_lock_bh(&table->lock);
	account = account_find(table, &key);
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

/* an answer, and the longest life that it has granted */
struct answer {
	const struct sipalg_binding_request *reg;
	const struct sipalg_grant *grants;
	u32 n;
	u32 default_s;
	u32 longest;
};

static u32 granted_s(const struct answer *answer, const struct sipalg_binding *b)
{
	struct sip_endpoint mapped = published_contact(b, b->next_pin);
	u32 i;

	for (i = 0; i < answer->n; i++) {
		sipalg_step();
		if (sip_endpoint_equal(&answer->grants[i].contact, &mapped))
			return answer->grants[i].expires_s;
	}
	return answer->default_s;
}

/* The registrar, and whom its answer names.  Nobody else says who may call in (security.md B2). */
static void add_callers(const struct sipalg_binding_request *reg, struct sipalg_pinhole *pin)
{
	u32 i;

	sipalg_pinhole_add_caller(pin, &reg->registrar.addr);
	for (i = 0; i < reg->n_callers; i++)
		sipalg_pinhole_add_caller(pin, &reg->callers[i]);
}

/* Return: seconds that the binding lives; 0: it is to be removed; -errno: as if unanswered. */
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
	/* no overflow: what is over register_max is cut before the grace is added */
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
	close_way_in(reg->sn, b, old);
	if (!b->is_bound)
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_ADDED);
	list_bound(b);
	b->registrar = reg->registrar;
	b->expires = sipalg_now(reg->sn) + life * HZ;
	trace_binding(b, life);
	return life;
}

/* Those of a list that the answer is about.  What is granted goes to the end of @bound. */
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
			binding_rm(answer->reg->sn, b);
		else if (life > 0)
			answer->longest = max_t(u32, answer->longest, life);
	}
}

u32 sipalg_binding_grant(const struct sipalg_binding_request *reg,
			 const struct sipalg_grant *grants, u32 n, u32 default_s)
{
	struct answer answer = { reg, grants, n, default_s };
	struct sipalg_binding_table *table = reg->sn->bindings;
	struct binding_key key = binding_key_of(reg);
	struct account *account;

	spin_lock_bh(&table->lock);
	account = account_find(table, &key);
	if (!account)
		goto unlock;
	account->n++;
	grant_in(&answer, &account->bound);
	grant_in(&answer, &account->asked);
	while (account->n_bound > BOUND_MAX)
		binding_rm(reg->sn, list_first_entry(&account->bound, struct sipalg_binding,
						     of_account));
	account_put(table, account);
unlock:
	spin_unlock_bh(&table->lock);
	return answer.longest;
}

bool sipalg_binding_of(struct sipalg_net *sn, const struct sipalg_pinhole_key *key,
		       struct sip_endpoint *mapped)
{
	struct sipalg_binding_table *table = sn->bindings;
	u32 n_tcp = READ_ONCE(table->n_tcp);
	const struct contact *contact;
	struct sipalg_binding *b;

	/* most networks register over one protocol, and are asked about the other */
	if (key->proto == IPPROTO_TCP ? !n_tcp : READ_ONCE(table->n) == n_tcp)
		return false;
	if (!mapped)
		return is_bound_at(table, key);
	spin_lock_bh(&table->lock);
	contact = contact_find(table, key);
	b = contact ? bound_at(contact, NULL) : NULL;
	if (b)
		*mapped = published_contact(b, b->pin);
	spin_unlock_bh(&table->lock);
	return b;
}
SIPALG_EXPORT_TEST(sipalg_binding_of);

/* The connection may have been flushed and begun anew, and the expectation with it. */
static void binding_renew(struct sipalg_net *sn, struct sipalg_binding *b)
{
	u32 left_s = sipalg_seconds_between(sipalg_now(sn), b->expires);

	if (!b->is_bound || !left_s || time_before(sipalg_now(sn), b->tick))
		return;
	b->tick = sipalg_now(sn) + SIPALG_BINDING_TICK_S * HZ;
	if (b->pin)
		sipalg_pinhole_keep(sn, b->pin, left_s, 0);
}

/* Under RCU. */
static void binding_look_at(struct sipalg_net *sn, struct sipalg_binding *b)
{
	spin_lock_bh(&sn->bindings->lock);
	if (!b->is_dead)
		binding_renew(sn, b);
	if (!b->is_dead && time_after(sipalg_now(sn), b->expires))
		binding_rm(sn, b);
	spin_unlock_bh(&sn->bindings->lock);
}

bool sipalg_binding_gc(struct sipalg_net *sn)
{
	struct sipalg_binding_table *table = sn->bindings;
	u32 left = sipalg_gc_share(READ_ONCE(table->n));
	unsigned long id = READ_ONCE(table->gc_next);
	struct sipalg_binding *b;

	rcu_read_lock();
	while ((b = xa_find(&table->by_id, &id, ULONG_MAX, XA_PRESENT)) && left--) {
		binding_look_at(sn, b);
		id++;
		if (need_resched()) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	WRITE_ONCE(table->gc_next, b ? id : 0);
	return READ_ONCE(table->n);
}
SIPALG_EXPORT_TEST(sipalg_binding_gc);

/* ---- /proc/net/sipalg/bindings --------------------------------------------------- */

struct binding_seq {
	struct seq_net_private p;	/* first: seq_file_net() looks here */
	u32 left;	/* lines to come: new ones could be added for ever while it is read */
};

size_t sipalg_binding_seq_size(void)
{
	return sizeof(struct binding_seq);
}

/* Position 0 is the headline, position i + 1 the first binding whose number is not below i. */
static void *binding_at(struct seq_file *seq, loff_t *pos)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct binding_seq *state = seq->private;
	unsigned long id = *pos - 1;
	struct sipalg_binding *b;

	if (!state->left)
		return NULL;
	b = xa_find(&sn->bindings->by_id, &id, ULONG_MAX, XA_PRESENT);
	*pos = (loff_t)id + 1;
	return b;
}

static void *bindings_start(struct seq_file *seq, loff_t *pos)
	__acquires(RCU)
{
	struct binding_seq *state = seq->private;

	rcu_read_lock();
	if (*pos)
		return binding_at(seq, pos);
	state->left = READ_ONCE(sipalg_pernet(seq_file_net(seq))->bindings->n);
	return SEQ_START_TOKEN;
}

static void *bindings_next(struct seq_file *seq, void *v, loff_t *pos)
{
	struct binding_seq *state = seq->private;

	if (v != SEQ_START_TOKEN)
		state->left--;
	++*pos;
	return binding_at(seq, pos);
}

static void bindings_stop(struct seq_file *seq, void *v)
	__releases(RCU)
{
	rcu_read_unlock();
}

static void binding_show(struct seq_file *seq, const struct sipalg_binding *b)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct sip_endpoint mapped = published_contact(b, b->pin ? b->pin : b->next_pin);

	seq_printf(seq, "%s %u ", b->is_bound ? "bound" : "asked",
		   sipalg_seconds_between(sipalg_now(sn), b->expires));
	sipalg_show_endpoint(seq, &b->key.host, b->port);
	seq_putc(seq, ' ');
	sipalg_show_endpoint(seq, &mapped.addr, mapped.port);
	seq_putc(seq, ' ');
	sipalg_show_endpoint(seq, &b->registrar.addr, b->registrar.port);
	/* octal escapes for all that is not plain: a stranger chose these bytes */
	seq_printf(seq, " %*pE\n", b->shown, b->aor);
}

static int bindings_show(struct seq_file *seq, void *v)
{
	struct sipalg_net *sn = sipalg_pernet(seq_file_net(seq));
	struct sipalg_binding *b = v;

	if (v == SEQ_START_TOKEN) {
		seq_puts(seq, "state left_s contact mapped registrar address_of_record\n");
		return 0;
	}
	spin_lock_bh(&sn->bindings->lock);
	if (!b->is_dead)
		binding_show(seq, b);
	spin_unlock_bh(&sn->bindings->lock);
	return 0;
}

const struct seq_operations sipalg_binding_seq_ops = {
	.start = bindings_start,
	.next = bindings_next,
	.stop = bindings_stop,
	.show = bindings_show,
};

/* ---- setup ----------------------------------------------------------------------- */

int sipalg_binding_setup(struct sipalg_net *sn)
{
	struct sipalg_binding_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return -ENOMEM;
	spin_lock_init(&table->lock);
	xa_init_flags(&table->by_id, XA_FLAGS_ALLOC1 | XA_FLAGS_LOCK_BH);
	err = rhashtable_init(&table->accounts, &account_params);
	if (err)
		goto free_table;
	err = rhashtable_init(&table->contacts, &contact_params);
	if (err)
		goto destroy_accounts;
	sn->bindings = table;
	return 0;

destroy_accounts:
	rhashtable_destroy(&table->accounts);
free_table:
	kfree(table);
	return err;
}

/* No packet is under way in the namespace. */
void sipalg_binding_teardown(struct sipalg_net *sn)
{
	struct sipalg_binding_table *table = sn->bindings;
	struct sipalg_binding *b;
	unsigned long id;

	spin_lock_bh(&table->lock);
	xa_for_each(&table->by_id, id, b)
		binding_rm(sn, b);
	spin_unlock_bh(&table->lock);
	rhashtable_destroy(&table->accounts);
	rhashtable_destroy(&table->contacts);
	xa_destroy(&table->by_id);
	kfree(table);
}

int sipalg_binding_module_init(void)
{
	binding_cache = KMEM_CACHE(sipalg_binding, 0);
	return binding_cache ? 0 : -ENOMEM;
}

void sipalg_binding_module_exit(void)
{
	rcu_barrier();		/* binding_free_rcu() */
	kmem_cache_destroy(binding_cache);
}

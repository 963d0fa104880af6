// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_binding: the table of registered contacts.  See sipalg_binding.h for the contract.
 */
#include <linux/list.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_binding.h"
#include "sipalg_binding_internal.h"
#include "sipalg_caller.h"
#include "sipalg_quota.h"
#include "sipalg_compat.h"
#include "sipalg_trace.h"

enum {
	CONTACT_LOOKS	= 16,	/* bindings of one contact that are searched for a pinhole */
	ASKED_MAX	= SIP_MAX_VALUES,	/* bindings that one account may ask for at once */
};

static int account_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	sipalg_step();
	return memcmp(&((const struct sipalg_binding_account *)obj)->key, arg->key,
		      sizeof(struct sipalg_binding_key));
}

static const struct rhashtable_params account_params = {
	.key_offset = offsetof(struct sipalg_binding_account, key),
	.key_len = sizeof(struct sipalg_binding_key),
	.head_offset = offsetof(struct sipalg_binding_account, node),
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
	const struct sipalg_pinhole_key *b = &((const struct sipalg_binding_contact *)obj)->key;
	const struct sipalg_pinhole_key *a = arg->key;

	sipalg_step();
	return a->port != b->port || a->proto != b->proto || a->zone != b->zone ||
	       !sip_addr_equal(&a->addr, &b->addr);
}

static const struct rhashtable_params contact_params = {
	.key_offset = offsetof(struct sipalg_binding_contact, key),
	.key_len = sizeof(struct sipalg_pinhole_key),
	.head_offset = offsetof(struct sipalg_binding_contact, node),
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

struct sipalg_binding_key sipalg_binding_key_of(const struct sipalg_binding_request *reg)
{
	return (struct sipalg_binding_key){ reg->aor, reg->self.addr, nf_ct_zone(reg->ct)->id };
}

bool sipalg_binding_is_of_request(const struct sipalg_binding *b,
				  const struct sipalg_binding_request *reg)
{
	return b->is_asked && b->call_id == reg->call_id && b->cseq == reg->cseq &&
	       b->branch == reg->branch;
}

/* ---- accounts and contacts ------------------------------------------------------- */

struct sipalg_binding_account *sipalg_binding_account_find(struct sipalg_binding_table *table,
							   const struct sipalg_binding_key *key)
{
	lockdep_assert_held(&table->lock);
	return rhashtable_lookup_fast(&table->accounts, key, account_params);
}

/* Return: the account, which sipalg_binding_account_put() gives back; -errno. */
static struct sipalg_binding_account *account_get(struct sipalg_binding_table *table,
						  const struct sipalg_binding_key *key)
{
	struct sipalg_binding_account *account = sipalg_binding_account_find(table, key);
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

/* All look-ups of accounts hold the lock, so no grace period is needed. */
void sipalg_binding_account_put(struct sipalg_binding_table *table,
				struct sipalg_binding_account *account)
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

struct sipalg_binding *sipalg_binding_find(const struct sipalg_binding_request *reg, u16 port)
{
	struct sipalg_binding_key key = sipalg_binding_key_of(reg);
	struct sipalg_binding_account *account;
	struct sipalg_binding *b;

	account = sipalg_binding_account_find(reg->sn->bindings, &key);
	if (!account)
		return NULL;
	b = binding_in(&account->bound, port, reg->proto);
	return b ? b : binding_in(&account->asked, port, reg->proto);
}

static struct sipalg_binding_contact *contact_find(struct sipalg_binding_table *table,
						   const struct sipalg_pinhole_key *key)
{
	return rhashtable_lookup(&table->contacts, key, contact_params);
}

/* Return: the contact, which contact_put() gives back; -errno. */
static struct sipalg_binding_contact *contact_get(struct sipalg_binding_table *table,
						  const struct sipalg_pinhole_key *key)
{
	struct sipalg_binding_contact *contact = contact_find(table, key);
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

static void contact_put(struct sipalg_binding_table *table, struct sipalg_binding_contact *contact)
{
	if (--contact->n)
		return;
	rhashtable_remove_fast(&table->contacts, &contact->node, contact_params);
	kfree_rcu(contact, rcu);
}

/* A request asks for a binding that no registrar has granted. */
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

void sipalg_binding_list_bound(struct sipalg_binding *b)
{
	binding_unlist(b);
	b->is_bound = true;
	list_add_tail(&b->of_account, &b->account->bound);
	b->account->n_bound++;
	list_add(&b->of_contact, &b->contact->bound);
	WRITE_ONCE(b->contact->n_bound, b->contact->n_bound + 1);
}

/* Whether a binding of this contact is granted.  No lock is needed. */
static bool is_bound_at(struct sipalg_binding_table *table, const struct sipalg_pinhole_key *key)
{
	const struct sipalg_binding_contact *contact = contact_find(table, key);

	return contact && READ_ONCE(contact->n_bound);
}

/* Return: a granted binding of @contact with this @pin (NULL: any pinhole); NULL: there is none. */
static struct sipalg_binding *bound_at(const struct sipalg_binding_contact *contact,
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
					  struct sipalg_binding_account *account, u16 port)
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
	b->key = sipalg_binding_key_of(reg);
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

struct sip_endpoint sipalg_binding_published(const struct sipalg_binding *b,
					     const struct sipalg_pinhole *pin)
{
	return pin ? (struct sip_endpoint){ pin->mapped.addr, pin->mapped.port } : b->mapped;
}

void sipalg_binding_trace(const struct sipalg_binding *b, u32 life_s)
{
	struct sip_endpoint contact = { b->key.host, b->port }, mapped = sipalg_binding_published(b,
											   b->pin);

	trace_sipalg_binding(&contact, &mapped, life_s);
}

void sipalg_binding_close_way_in(struct sipalg_net *sn, const struct sipalg_binding *b,
				 struct sipalg_pinhole *pin)
{
	if (pin && !bound_at(b->contact, pin))
		sipalg_pinhole_leave_to_peers(pin);
	sipalg_pinhole_close(sn, pin, SIPALG_PINHOLE_KEEP_CONNS);
}

void sipalg_binding_rm(struct sipalg_net *sn, struct sipalg_binding *b)
{
	struct sipalg_binding_table *table = sn->bindings;

	lockdep_assert_held(&table->lock);
	binding_release_host(sn, b);
	if (b->is_bound) {
		sipalg_count(sn, SIPALG_STAT_BINDINGS_ENDED);
		sipalg_binding_trace(b, 0);
	}
	xa_erase_bh(&table->by_id, b->id);
	binding_unlist(b);
	sipalg_binding_close_way_in(sn, b, b->pin);
	sipalg_pinhole_close(sn, b->next_pin, SIPALG_PINHOLE_KEEP_CONNS);
	contact_put(table, b->contact);
	sipalg_binding_account_put(table, b->account);
	b->is_dead = true;
	table->n--;
	WRITE_ONCE(table->n_tcp, table->n_tcp - (b->proto == IPPROTO_TCP));
	call_rcu(&b->rcu, binding_free_rcu);
}

/* Return: 0: the account may ask for one binding more; -ENOSPC: this request names too many. */
static int account_make_room(const struct sipalg_binding_request *reg,
			     struct sipalg_binding_account *account)
{
	struct sipalg_binding *b;

	if (account->n_asked < ASKED_MAX)
		return 0;
	b = list_first_entry(&account->asked, struct sipalg_binding, of_account);
	if (sipalg_binding_is_of_request(b, reg)) {
		sipalg_count(reg->sn, SIPALG_STAT_BINDINGS_QUOTA);
		return -ENOSPC;
	}
	sipalg_binding_rm(reg->sn, b);
	return 0;
}

struct sipalg_binding *sipalg_binding_add(const struct sipalg_binding_request *reg, u16 port)
{
	struct sipalg_binding_table *table = reg->sn->bindings;
	struct sipalg_binding_key key = sipalg_binding_key_of(reg);
	struct sipalg_binding_account *account = account_get(table, &key);
	struct sipalg_binding *b;
	int err;

	if (IS_ERR(account))
		return ERR_CAST(account);
	err = account_make_room(reg, account);
	b = err ? ERR_PTR(err) : account_add(reg, account, port);
	sipalg_binding_account_put(table, account);
	return b;
}

bool sipalg_binding_of(struct sipalg_net *sn, const struct sipalg_pinhole_key *key,
		       struct sip_endpoint *mapped)
{
	struct sipalg_binding_table *table = sn->bindings;
	u32 n_tcp = READ_ONCE(table->n_tcp);
	const struct sipalg_binding_contact *contact;
	struct sipalg_binding *b;

	/* most networks register over one transport, and most questions are about the other one */
	if (key->proto == IPPROTO_TCP ? !n_tcp : READ_ONCE(table->n) == n_tcp)
		return false;
	if (!mapped)
		return is_bound_at(table, key);
	spin_lock_bh(&table->lock);
	contact = contact_find(table, key);
	b = contact ? bound_at(contact, NULL) : NULL;
	if (b)
		*mapped = sipalg_binding_published(b, b->pin);
	spin_unlock_bh(&table->lock);
	return b;
}
SIPALG_EXPORT_TEST(sipalg_binding_of);

/* An administrator may have flushed the expectation together with its connection. */
static void binding_renew(struct sipalg_net *sn, struct sipalg_binding *b)
{
	u32 left_s = sipalg_seconds_between(sipalg_now(sn), b->expires);

	if (!b->is_bound || !left_s || time_before(sipalg_now(sn), b->tick))
		return;
	b->tick = sipalg_now(sn) + SIPALG_BINDING_TICK_S * HZ;
	if (b->pin)
		sipalg_pinhole_keep(sn, b->pin, left_s, 0);
}

/* The caller holds rcu_read_lock(). */
static void binding_look_at(struct sipalg_net *sn, struct sipalg_binding *b)
{
	spin_lock_bh(&sn->bindings->lock);
	if (!b->is_dead)
		binding_renew(sn, b);
	if (!b->is_dead && time_after(sipalg_now(sn), b->expires))
		sipalg_binding_rm(sn, b);
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

void sipalg_binding_teardown(struct sipalg_net *sn)
{
	struct sipalg_binding_table *table = sn->bindings;
	struct sipalg_binding *b;
	unsigned long id;

	spin_lock_bh(&table->lock);
	xa_for_each(&table->by_id, id, b)
		sipalg_binding_rm(sn, b);
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

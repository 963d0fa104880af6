// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_stream: the table of streams.  See sipalg_stream.h.
 */
#include <linux/rhashtable.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_seqadj.h>
#include <net/netfilter/nf_conntrack_zones.h>

#include "sipalg_inet.h"
#include "sipalg_master.h"
#include "sipalg_flow.h"
#include "sipalg_stream.h"

struct sipalg_stream_table {
	struct rhashtable streams;
	atomic_t n;
	atomic_t bytes;
	atomic_t last_id;
	unsigned long tick;	/* jiffies of the next run of gc */
};

/* Bytes that the streams of all foreign namespaces take together (security.md B10). */
static atomic_t foreign_bytes = ATOMIC_INIT(0);

static int stream_differs(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct sipalg_stream *s = obj;

	sipalg_step();
	return s->id != *(const u32 *)arg->key;
}

/* the key is a number of ours, which no sender can choose */
static const struct rhashtable_params stream_params = {
	.key_offset = offsetof(struct sipalg_stream, id),
	.key_len = sizeof(u32),
	.head_offset = offsetof(struct sipalg_stream, node),
	.min_size = SIPALG_TABLE_LEAST,
	.obj_cmpfn = stream_differs,
	.automatic_shrinking = true,
};

static void stream_free(struct sipalg_stream *s)
{
	sip_tcp_exit(&s->half[IP_CT_DIR_ORIGINAL]);
	sip_tcp_exit(&s->half[IP_CT_DIR_REPLY]);
	kfree(s);
}

static void stream_free_rcu(struct rcu_head *rcu)
{
	stream_free(container_of(rcu, struct sipalg_stream, rcu));
}

void sipalg_stream_begin(struct sipalg_stream *s, const u32 seq[IP_CT_DIR_MAX])
{
	int dir;

	for (dir = 0; dir < IP_CT_DIR_MAX; dir++) {
		sip_tcp_exit(&s->half[dir]);
		sip_tcp_init(&s->half[dir], seq[dir]);
		s->begin[dir] = seq[dir];
		s->end[dir] = (struct sipalg_tcp_end){};
	}
	s->syn = seq[IP_CT_DIR_ORIGINAL];
	s->is_bypassed = false;
	s->is_ours = false;
}

struct sipalg_stream *sipalg_stream_add(struct sipalg_net *sn, struct nf_conn *ct,
					const u32 seq[IP_CT_DIR_MAX])
{
	struct sipalg_stream_table *table = sn->streams;
	struct sipalg_flow_data *data = sipalg_flow_data_of(ct);
	struct sipalg_stream *s;

	if (!data || atomic_read(&table->n) >= SIPALG_STREAMS_MAX || !sipalg_hold(sn, 1))
		return NULL;
	s = kzalloc(sizeof(*s), GFP_ATOMIC | __GFP_NOWARN);
	if (!s)
		goto let;
	spin_lock_init(&s->lock);
	s->tuple = ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple;
	s->zone = nf_ct_zone(ct)->id;
	s->zone_dir = nf_ct_zone(ct)->dir;
	sipalg_stream_begin(s, seq);
	do {
		s->id = atomic_inc_return(&table->last_id);
	} while (!s->id);
	/* after 2^32 streams a number may still be in use: then no stream is made */
	if (rhashtable_lookup_insert_fast(&table->streams, &s->node, stream_params)) {
		kfree(s);
		goto let;
	}
	atomic_inc(&table->n);
	WRITE_ONCE(data->stream, s->id);
	sipalg_gc_soon(sn);
	return s;
let:
	sipalg_let(sn, 1);
	return NULL;
}
SIPALG_EXPORT_TEST(sipalg_stream_add);

struct sipalg_stream *sipalg_stream_enter(struct sipalg_net *sn, const struct nf_conn *ct)
{
	const struct sipalg_flow_data *data = sipalg_flow_data_of(ct);
	u32 id = data ? READ_ONCE(data->stream) : 0;
	struct sipalg_stream *s;

	if (!id)
		return NULL;
	s = rhashtable_lookup(&sn->streams->streams, &id, stream_params);
	/* during a handshake the word holds a sequence number and not the number of a stream */
	if (!s || !nf_ct_tuple_equal(&s->tuple, &ct->tuplehash[IP_CT_DIR_ORIGINAL].tuple))
		return NULL;
	spin_lock_bh(&s->lock);
	if (!s->is_dead)
		return s;
	spin_unlock_bh(&s->lock);
	return NULL;
}
SIPALG_EXPORT_TEST(sipalg_stream_enter);

bool sipalg_stream_is_known(struct sipalg_net *sn, const struct nf_conn *ct)
{
	struct sipalg_stream *s = sipalg_stream_enter(sn, ct);

	if (s)
		sipalg_stream_leave(sn, s);
	return s;
}

/* The host that began the connection: its other end may be a server for many hosts. */
static struct sipalg_quota_key stream_host(const struct sipalg_stream *s)
{
	return (struct sipalg_quota_key){
		sipalg_inet_addr_of(s->tuple.src.l3num, &s->tuple.src.u3), s->zone
	};
}

/* The stream takes @bytes now.  If memory for the quota is missing, growth is charged later. */
static void charge_bytes(struct sipalg_net *sn, struct sipalg_stream *s, u32 bytes)
{
	struct sipalg_quota_key key = stream_host(s);
	struct sipalg_quota *host = s->host;

	lockdep_assert_held(&s->lock);
	if (bytes > s->bytes)
		host = sipalg_quota_charge(sn, &key, SIPALG_QUOTA_BYTES, bytes - s->bytes, 0);
	else if (bytes < s->bytes)
		sipalg_quota_release(sn, host, SIPALG_QUOTA_BYTES, s->bytes - bytes);
	if (IS_ERR(host))
		return;
	atomic_add(bytes - s->bytes, &sn->streams->bytes);
	if (sn->is_foreign)
		atomic_add(bytes - s->bytes, &foreign_bytes);
	s->bytes = bytes;
	s->host = bytes ? host : NULL;
}

void sipalg_stream_leave(struct sipalg_net *sn, struct sipalg_stream *s)
	__releases(&s->lock)
{
	if (!s->is_dead)
		charge_bytes(sn, s, sip_tcp_bytes(&s->half[0]) + sip_tcp_bytes(&s->half[1]));
	spin_unlock_bh(&s->lock);
}
SIPALG_EXPORT_TEST(sipalg_stream_leave);

/* Whether @held bytes are all of a share, where @sum of SIPALG_STREAM_BYTES_MAX bytes are taken. */
static bool has_share(u32 held, u32 sum)
{
	return sum >= SIPALG_STREAM_BYTES_MAX ||
	       held > SIPALG_STREAM_SHARE * (SIPALG_STREAM_BYTES_MAX - sum);
}

bool sipalg_stream_is_full(struct sipalg_net *sn, const struct sipalg_stream *s)
{
	u32 sum = atomic_read(&sn->streams->bytes), held;
	struct sipalg_quota_key host = stream_host(s);

	if (sum >= SIPALG_STREAM_BYTES_MAX ||
	    (sn->is_foreign && has_share(sum, atomic_read(&foreign_bytes))))
		return true;
	held = s->host ? sipalg_quota_held_by(s->host, SIPALG_QUOTA_BYTES) :
			 sipalg_quota_held(sn, &host, SIPALG_QUOTA_BYTES);
	return has_share(held, sum) &&
	       !sipalg_prefixes_have(&sipalg_settings_of(sn)->trunks, &host.addr);
}
SIPALG_EXPORT_TEST(sipalg_stream_is_full);

static bool half_is_idle(const struct sip_tcp_half *half)
{
	return half->is_bypassed && sip_tcp_is_quiet(half) && !half->last;
}

bool sipalg_stream_is_idle(const struct sipalg_stream *s)
{
	return half_is_idle(&s->half[0]) && half_is_idle(&s->half[1]);
}

static void stream_unlink(struct sipalg_net *sn, struct sipalg_stream *s)
{
	struct sipalg_stream_table *table = sn->streams;

	lockdep_assert_held(&s->lock);
	s->is_dead = true;
	rhashtable_remove_fast(&table->streams, &s->node, stream_params);
	atomic_dec(&table->n);
	charge_bytes(sn, s, 0);
	sipalg_let(sn, 1);
	call_rcu(&s->rcu, stream_free_rcu);
}

void sipalg_stream_end(struct sipalg_net *sn, struct sipalg_stream *s)
{
	stream_unlink(sn, s);
}
SIPALG_EXPORT_TEST(sipalg_stream_end);

/* ---- streams without a connection ------------------------------------------------ */

/* Return: the connection of a stream, with a reference for the caller; NULL: it is gone. */
static struct nf_conn *stream_conn_get(struct sipalg_net *sn, const struct sipalg_stream *s)
{
	const struct sipalg_flow_data *data;
	struct nf_conntrack_zone zone;
	struct nf_conn *ct;

	nf_ct_zone_init(&zone, s->zone, s->zone_dir, 0);
	ct = sipalg_master_conn_get(sn->net, &zone, &s->tuple);
	if (!ct)
		return NULL;
	data = sipalg_flow_data_of(ct);
	if (data && READ_ONCE(data->stream) == s->id)
		return ct;
	nf_ct_put(ct);
	return NULL;
}

static bool is_left_behind(struct sipalg_net *sn, const struct sipalg_stream *s)
{
	struct nf_conn *ct = stream_conn_get(sn, s);

	if (ct)
		nf_ct_put(ct);
	return !ct;
}

bool sipalg_stream_gc(struct sipalg_net *sn)
{
	struct sipalg_stream_table *table = sn->streams;
	struct rhashtable_iter iter;
	struct sipalg_stream *s;

	if (!atomic_read(&table->n))
		return false;
	if (time_before(jiffies, table->tick))
		return true;
	table->tick = jiffies + SIPALG_STREAM_TICK_S * HZ;
	rhashtable_walk_enter(&table->streams, &iter);
	rhashtable_walk_start(&iter);
	while ((s = rhashtable_walk_next(&iter))) {
		if (IS_ERR(s))	/* the table was resized: missed entries have their turn later */
			continue;
		spin_lock_bh(&s->lock);
		if (!s->is_dead && is_left_behind(sn, s))
			stream_unlink(sn, s);
		spin_unlock_bh(&s->lock);
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return atomic_read(&table->n);
}

/*
 * The module goes, and its connections stay.  The kernel knows one offset for each direction, which
 * is enough where no byte is under way.
 */
static void hand_over(struct sipalg_net *sn, const struct sipalg_stream *s)
{
	struct nf_conn *ct;

	if (!s->half[0].last && !s->half[1].last)
		return;
	ct = stream_conn_get(sn, s);
	if (!ct)
		return;
	if (nfct_seqadj(ct))
		set_bit(IPS_SEQ_ADJUST_BIT, &ct->status);
	nf_ct_put(ct);
}

static void hand_all_over(struct sipalg_net *sn)
{
	struct rhashtable_iter iter;
	struct sipalg_stream *s;

	rhashtable_walk_enter(&sn->streams->streams, &iter);
	rhashtable_walk_start(&iter);
	while ((s = rhashtable_walk_next(&iter))) {
		if (IS_ERR(s))
			continue;
		spin_lock_bh(&s->lock);
		if (!s->is_dead) {
			hand_over(sn, s);
			stream_unlink(sn, s);
		}
		spin_unlock_bh(&s->lock);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

void sipalg_stream_hand_over(void)
{
	struct net *net;

	down_read(&net_rwsem);
	for_each_net(net)
		hand_all_over(sipalg_pernet(net));
	up_read(&net_rwsem);
}

static void stream_free_fn(void *ptr, void *arg)
{
	struct sipalg_stream *s = ptr;

	struct sipalg_net *sn = arg;

	sipalg_quota_release(sn, s->host, SIPALG_QUOTA_BYTES, s->bytes);
	if (sn->is_foreign)
		atomic_sub(s->bytes, &foreign_bytes);
	sipalg_let(sn, 1);
	stream_free(s);
}

int sipalg_stream_setup(struct sipalg_net *sn)
{
	struct sipalg_stream_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int err;

	if (!table)
		return -ENOMEM;
	err = rhashtable_init(&table->streams, &stream_params);
	if (err) {
		kfree(table);
		return err;
	}
	table->tick = jiffies;
	sn->streams = table;
	return 0;
}

void sipalg_stream_teardown(struct sipalg_net *sn)
{
	rhashtable_free_and_destroy(&sn->streams->streams, stream_free_fn, sn);
	kfree(sn->streams);
}

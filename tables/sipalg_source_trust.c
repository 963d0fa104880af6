// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_source_trust: what answers prove about a source, and blocks.  See sipalg_source_trust.h.
 */
#include <linux/rculist.h>

#include "sipalg_source.h"
#include "sipalg_source_internal.h"
#include "sipalg_source_trust.h"
#include "sipalg_compat.h"

bool sipalg_source_is_good(const struct sipalg_net *sn, const struct sipalg_source *source)
{
	return sipalg_source_is_before(sn, READ_ONCE(source->good_until));
}
SIPALG_EXPORT_TEST(sipalg_source_is_good);

u32 sipalg_source_blocked_s(const struct sipalg_net *sn, const struct sipalg_source *source)
{
	unsigned long until = READ_ONCE(source->blocked_until);

	if (!sipalg_source_is_before(sn, until))
		return 0;
	/* the second that has begun counts */
	return sipalg_seconds_between(sipalg_now(sn), until + HZ - 1);
}
SIPALG_EXPORT_TEST(sipalg_source_blocked_s);

/*
 * Return: failures in the last @window_s seconds.  Failures of the window before the current one
 * count for the part of that window which is not past.
 */
static u32 failures_now(struct sipalg_net *sn, struct sipalg_source *source, u32 window_s)
{
	unsigned long window = (unsigned long)window_s * HZ, now = sipalg_now(sn);
	unsigned long passed = sipalg_since(now, source->failed);

	if (!source->failures && !source->failures_before) {
		source->failed = now;
		passed = 0;
	}
	if (passed >= window) {
		source->failures_before = passed < 2 * window ? source->failures : 0;
		source->failures = 0;
		source->failed = passed < 2 * window ? source->failed + window : now;
		passed = sipalg_since(now, source->failed);
	}
	return source->failures +
	       div64_u64((u64)source->failures_before * (window - passed), window);
}

static void source_block(struct sipalg_net *sn, struct sipalg_source *source)
{
	const struct sipalg_settings *set = sipalg_settings_of(sn);
	u32 longest = max(set->block_time, set->block_time_max);

	if (source->block_s && sipalg_source_is_before(sn, source->blocked_until + longest * HZ))
		source->block_s = min(2 * source->block_s, longest);
	else
		source->block_s = set->block_time;
	WRITE_ONCE(source->blocked_until, sipalg_source_in_seconds(sn, source->block_s));
	source->failures = 0;
	source->failures_before = 0;
}

static enum sipalg_source_told count_failure(struct sipalg_net *sn, struct sipalg_source *source)
{
	const struct sipalg_settings *set = sipalg_settings_of(sn);

	if (!set->block_failures || !set->block_window || !set->block_time ||
	    source->key.role != SIPALG_SOURCE_FROM ||
	    sipalg_source_is_before(sn, source->serves_until))
		return SIPALG_SOURCE_FAILED;
	if (failures_now(sn, source, set->block_window) + 1 < set->block_failures) {
		source->failures++;
		return SIPALG_SOURCE_FAILED;
	}
	source_block(sn, source);
	return SIPALG_SOURCE_BLOCKED;
}

enum sipalg_source_told sipalg_source_answered(struct sipalg_net *sn, struct sipalg_source *source,
					       u64 tx, enum sipalg_source_end end)
{
	enum sipalg_source_told told = SIPALG_SOURCE_NOTED;
	u32 *place;

	spin_lock_bh(&source->lock);
	place = sipalg_source_tx_find(source, tx);
	if (!place || *place & SIPALG_TX_ANSWERED)
		told = SIPALG_SOURCE_NOT_ASKED;
	else if (end == SIPALG_SOURCE_SUCCESS)
		WRITE_ONCE(source->good_until, sipalg_source_in_seconds(sn, SIPALG_SOURCE_GOOD_S));
	else if (end == SIPALG_SOURCE_REFUSED ||
		 (end == SIPALG_SOURCE_MISSED && !source->good_until) ||
		 (end == SIPALG_SOURCE_CHALLENGED && *place & SIPALG_TX_CREDENTIALS))
		told = count_failure(sn, source);
	if (told != SIPALG_SOURCE_NOT_ASKED)
		*place |= SIPALG_TX_ANSWERED;
	spin_unlock_bh(&source->lock);
	return told;
}
SIPALG_EXPORT_TEST(sipalg_source_answered);

void sipalg_source_serves(struct sipalg_net *sn, struct sipalg_source *source, u32 seconds)
{
	unsigned long until;

	spin_lock_bh(&source->lock);
	until = sipalg_source_in_seconds(sn, seconds);
	if (!sipalg_source_is_before(sn, source->serves_until) ||
	    time_after(until, source->serves_until))
		WRITE_ONCE(source->serves_until, until);
	spin_unlock_bh(&source->lock);
}
SIPALG_EXPORT_TEST(sipalg_source_serves);

static void forgive_failures(struct sipalg_source *source)
{
	spin_lock_bh(&source->lock);
	WRITE_ONCE(source->blocked_until, 0);
	source->block_s = 0;
	source->failures = 0;
	source->failures_before = 0;
	spin_unlock_bh(&source->lock);
}

int sipalg_source_release(struct sipalg_net *sn, const struct sip_addr *addr)
{
	struct sipalg_source *source;
	struct sip_addr host;
	int i, err = -ENOENT;

	rcu_read_lock();
	host = sipalg_source_host(sn, addr);
	for (i = 0; i < SIPALG_SOURCE_SETS; i++) {	/* the zone is part of the hash */
		hlist_for_each_entry_rcu(source, &sn->sources->set[i], node) {
			if (source->key.role != SIPALG_SOURCE_FROM ||
			    !sip_addr_equal(&source->key.addr, &host))
				continue;
			forgive_failures(source);
			err = 0;
		}
	}
	rcu_read_unlock();
	return err;
}
SIPALG_EXPORT_TEST(sipalg_source_release);

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_source_trust: what the answers to its requests prove about a source, and blocks.
 *
 * A source that has had success of late is good.  A source is blocked for a while if too many of
 * its requests fail, as those of a guesser do (SECURITY B4).
 */
#ifndef _SIPALG_SOURCE_TRUST_H
#define _SIPALG_SOURCE_TRUST_H

#include <linux/types.h>

struct sip_addr;
struct sipalg_net;
struct sipalg_source;

/**
 * enum sipalg_source_end - how a request of a source ended
 * @SIPALG_SOURCE_SUCCESS: 2xx
 * @SIPALG_SOURCE_REFUSED: 403, 404 or 410 to a REGISTER
 * @SIPALG_SOURCE_MISSED: 403, 404 or 410 to an INVITE: a failure of a source that never had success
 * @SIPALG_SOURCE_CHALLENGED: 401 or 407: a failure if the request had credentials
 * @SIPALG_SOURCE_OTHERWISE: an answer that says nothing about the source
 */
enum sipalg_source_end {
	SIPALG_SOURCE_SUCCESS,
	SIPALG_SOURCE_REFUSED,
	SIPALG_SOURCE_MISSED,
	SIPALG_SOURCE_CHALLENGED,
	SIPALG_SOURCE_OTHERWISE,
};

/**
 * enum sipalg_source_told - what an answer says about the source that had sent the request
 * @SIPALG_SOURCE_NOT_ASKED: no such request was sent, or it is answered already
 * @SIPALG_SOURCE_NOTED: the answer is no failure
 * @SIPALG_SOURCE_FAILED: it has failed, as a guesser does
 * @SIPALG_SOURCE_BLOCKED: it has failed, and is blocked from now on
 */
enum sipalg_source_told {
	SIPALG_SOURCE_NOT_ASKED,
	SIPALG_SOURCE_NOTED,
	SIPALG_SOURCE_FAILED,
	SIPALG_SOURCE_BLOCKED,
};

/**
 * sipalg_source_answered() - a request of a source was finally answered
 * @sn: namespace
 * @source: sender of the request
 * @tx: digest of the transaction
 * @end: how the request ended
 *
 * A number of block_failures within block_window blocks the source for block_time.  Each further
 * block is twice as long, up to block_time_max; the lengths are forgotten when the source was not
 * blocked for block_time_max.  An answer to no request, or a second answer, changes nothing.
 *
 * Context: softirq or BH; takes the lock of @source.
 * Return: SIPALG_SOURCE_NOT_ASKED, SIPALG_SOURCE_NOTED, SIPALG_SOURCE_FAILED or
 * SIPALG_SOURCE_BLOCKED.
 */
enum sipalg_source_told sipalg_source_answered(struct sipalg_net *sn, struct sipalg_source *source,
					       u64 tx, enum sipalg_source_end end);

/**
 * sipalg_source_serves() - a host has registered with a source
 * @sn: namespace
 * @source: registrar
 * @seconds: life of the registration, in seconds
 *
 * For that time no failure blocks the source.
 *
 * Context: softirq or BH; takes the lock of @source.
 */
void sipalg_source_serves(struct sipalg_net *sn, struct sipalg_source *source, u32 seconds);

/**
 * sipalg_source_is_good() - has a source had success of late?
 * @sn: namespace
 * @source: source
 *
 * Context: any; no lock is needed.
 * Return: true: it had success in the last SIPALG_SOURCE_GOOD_S seconds; false: it had not.
 */
bool sipalg_source_is_good(const struct sipalg_net *sn, const struct sipalg_source *source);

/**
 * sipalg_source_blocked_s() - for how long is a source blocked?
 * @sn: namespace
 * @source: source
 *
 * Context: any; no lock is needed.
 * Return: seconds to the end of the block, rounded up; 0: the source is not blocked.
 */
u32 sipalg_source_blocked_s(const struct sipalg_net *sn, const struct sipalg_source *source);

/**
 * sipalg_source_release() - an administrator ends the block of an address
 * @sn: namespace
 * @addr: address, in any zone
 *
 * The failures of its host are forgotten, too.
 *
 * Context: process context.
 * Return: 0; -ENOENT: the host of the address is not known as a sender.
 */
int sipalg_source_release(struct sipalg_net *sn, const struct sip_addr *addr);

#endif /* _SIPALG_SOURCE_TRUST_H */

// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_caller: the hosts that may call in through a signalling pinhole.  See sipalg_caller.h.
 */
#include "sipalg_caller.h"
#include "sipalg_pinhole.h"
#include "sipalg_pinhole_conns.h"

static bool is_listed(const struct sipalg_pinhole *pin, const struct sip_addr *addr)
{
	const struct sipalg_pinhole_more *more = pin->more;
	u32 i;

	for (i = 0; more && i < min_t(u32, more->n_callers, SIPALG_PINHOLE_CALLERS); i++) {
		sipalg_step();
		if (sip_addr_equal(&more->caller[i], addr))
			return true;
	}
	return false;
}

static bool has_caller(const struct sipalg_pinhole *pin, const struct sip_addr *addr)
{
	return is_listed(pin, addr) || (pin->source.family && sip_addr_equal(&pin->source, addr));
}

bool sipalg_pinhole_has_caller(struct sipalg_pinhole *pin, const struct sip_addr *addr)
{
	bool found;

	spin_lock_bh(&pin->lock);
	found = has_caller(pin, addr);
	spin_unlock_bh(&pin->lock);
	return found;
}

/* Return: whether the address is in the list now. */
static bool add_caller(struct sipalg_pinhole *pin, const struct sip_addr *addr)
{
	struct sipalg_pinhole_more *more;

	lockdep_assert_held(&pin->lock);
	if (is_listed(pin, addr))
		return true;
	more = sipalg_pinhole_more_get(pin);
	if (!more)
		return false;
	more->caller[more->n_callers % SIPALG_PINHOLE_CALLERS] = *addr;
	/* The count stays in the second round, so that all places stay in use. */
	if (++more->n_callers == 2 * SIPALG_PINHOLE_CALLERS)
		more->n_callers = SIPALG_PINHOLE_CALLERS;
	return true;
}

void sipalg_pinhole_add_caller(struct sipalg_pinhole *pin, const struct sip_addr *addr)
{
	spin_lock_bh(&pin->lock);
	add_caller(pin, addr);
	spin_unlock_bh(&pin->lock);
}

void sipalg_pinhole_leave_to_peers(struct sipalg_pinhole *pin)
{
	WRITE_ONCE(pin->is_for_peers, true);
}

/*
 * An expectation lets in one address or any.  So the expectation itself lets in the peer of the
 * first call.  With the peers of more calls the expectation lets in any address, and a packet from
 * an address outside the list is refused before its connection is confirmed.  Without memory the
 * first peer stays the only one.
 */
static const struct sip_addr *source_for_peers(struct sipalg_pinhole *pin,
					       const struct sip_addr *peer)
{
	if (sip_addr_equal(&pin->source, peer))
		return peer;
	if (pin->source.family && !add_caller(pin, &pin->source))
		return &pin->source;
	add_caller(pin, peer);
	return NULL;
}

const struct sip_addr *sipalg_pinhole_source_for(struct sipalg_pinhole *pin,
						 const struct sipalg_pinhole_want *want)
{
	lockdep_assert_held(&pin->lock);
	if (want->is_for_peers && pin->is_armed && pin->is_for_peers)
		return source_for_peers(pin, want->source);
	/* A registration shares the pinhole; when it ends, calls still need their peers. */
	if (pin->is_for_peers && pin->source.family)
		add_caller(pin, &pin->source);
	WRITE_ONCE(pin->is_for_peers, want->is_for_peers);
	return want->source;
}

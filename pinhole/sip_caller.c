// SPDX-License-Identifier: GPL-2.0
/*
 * sip_caller: who may call in through a pinhole, where that is asked.  See sip_pinhole.h.
 */
#include "sip_caller.h"
#include "sip_pinhole.h"
#include "sip_pinhole_conns.h"

static bool is_listed(const struct sip_pinhole *pin, const struct sip_addr *addr)
{
	const struct sip_pinhole_more *more = pin->more;
	u32 i;

	for (i = 0; more && i < min_t(u32, more->n_callers, SIP_PINHOLE_CALLERS); i++) {
		sipalg_step();
		if (sip_addr_equal(&more->caller[i], addr))
			return true;
	}
	return false;
}

static bool has_caller(const struct sip_pinhole *pin, const struct sip_addr *addr)
{
	return is_listed(pin, addr) || (pin->source.family && sip_addr_equal(&pin->source, addr));
}

bool sip_pinhole_has_caller(struct sip_pinhole *pin, const struct sip_addr *addr)
{
	bool found;

	spin_lock_bh(&pin->lock);
	found = has_caller(pin, addr);
	spin_unlock_bh(&pin->lock);
	return found;
}

/* Return: whether he is in the list now. */
static bool add_caller(struct sip_pinhole *pin, const struct sip_addr *addr)
{
	struct sip_pinhole_more *more;

	lockdep_assert_held(&pin->lock);
	if (is_listed(pin, addr))
		return true;
	more = sip_pinhole_more(pin);
	if (!more)
		return false;
	more->caller[more->n_callers % SIP_PINHOLE_CALLERS] = *addr;
	/* counts on in the second round, so that all places stay in use */
	if (++more->n_callers == 2 * SIP_PINHOLE_CALLERS)
		more->n_callers = SIP_PINHOLE_CALLERS;
	return true;
}

/* Without memory he is not let in: the next answer of his, or message, tries again. */
void sip_pinhole_add_caller(struct sip_pinhole *pin, const struct sip_addr *addr)
{
	spin_lock_bh(&pin->lock);
	add_caller(pin, addr);
	spin_unlock_bh(&pin->lock);
}

void sip_pinhole_leave_to_peers(struct sip_pinhole *pin)
{
	WRITE_ONCE(pin->is_for_peers, true);
}

/*
 * An expectation lets in one address or all.  So the peer of a first call is let in by the
 * expectation itself; with those of others it lets in all, and who is none of them is refused
 * before his connection is confirmed.  Without memory the first one stays the only one.
 */
static const struct sip_addr *source_for_peers(struct sip_pinhole *pin,
					       const struct sip_addr *peer)
{
	if (sip_addr_equal(&pin->source, peer))
		return peer;
	if (pin->source.family && !add_caller(pin, &pin->source))
		return &pin->source;
	add_caller(pin, peer);
	return NULL;
}

const struct sip_addr *sip_pinhole_source_for(struct sip_pinhole *pin,
					      const struct sip_pinhole_want *want)
{
	lockdep_assert_held(&pin->lock);
	if (want->is_for_peers && pin->is_armed && pin->is_for_peers)
		return source_for_peers(pin, want->source);
	/* a registration shares it: when that ends, calls still need their peers */
	if (pin->is_for_peers && pin->source.family)
		add_caller(pin, &pin->source);
	WRITE_ONCE(pin->is_for_peers, want->is_for_peers);
	return want->source;
}

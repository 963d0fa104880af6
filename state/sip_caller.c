// SPDX-License-Identifier: GPL-2.0
/*
 * sip_caller: who may call in through a pinhole, where that is asked.  See sip_pinhole.h.
 */
#include "sip_pinhole.h"
#include "sip_pinhole_conns.h"

static bool has_caller(const struct sip_pinhole *pin, const struct sip_addr *addr)
{
	const struct sip_pinhole_more *more = pin->more;
	u32 i;

	for (i = 0; more && i < min_t(u32, more->n_callers, SIP_PINHOLE_CALLERS); i++)
		if (sip_addr_equal(&more->caller[i], addr))
			return true;
	return false;
}

bool sip_pinhole_has_caller(struct sip_pinhole *pin, const struct sip_addr *addr)
{
	bool found;

	spin_lock_bh(&pin->lock);
	found = has_caller(pin, addr);
	spin_unlock_bh(&pin->lock);
	return found;
}

/* Without memory he is not let in: the next answer of his, or message, tries again. */
void sip_pinhole_add_caller(struct sip_pinhole *pin, const struct sip_addr *addr)
{
	struct sip_pinhole_more *more;

	spin_lock_bh(&pin->lock);
	more = has_caller(pin, addr) ? NULL : sip_pinhole_more(pin);
	if (more) {
		more->caller[more->n_callers % SIP_PINHOLE_CALLERS] = *addr;
		/* counts on in the second round, so that all places stay in use */
		if (++more->n_callers == 2 * SIP_PINHOLE_CALLERS)
			more->n_callers = SIP_PINHOLE_CALLERS;
	}
	spin_unlock_bh(&pin->lock);
}

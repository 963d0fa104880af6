// SPDX-License-Identifier: GPL-2.0
/*
 * sip_caller: who may call in through a pinhole, where that is asked.  See sip_pinhole.h.
 */
#include "sip_pinhole.h"

static bool has_caller(const struct sip_pinhole *pin, const struct sip_addr *addr)
{
	u32 i;

	for (i = 0; i < min_t(u32, pin->n_callers, SIP_PINHOLE_CALLERS); i++)
		if (sip_addr_equal(&pin->caller[i], addr))
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

void sip_pinhole_add_caller(struct sip_pinhole *pin, const struct sip_addr *addr)
{
	spin_lock_bh(&pin->lock);
	if (!has_caller(pin, addr)) {
		pin->caller[pin->n_callers % SIP_PINHOLE_CALLERS] = *addr;
		/* counts on in the second round, so that all places stay in use */
		if (++pin->n_callers == 2 * SIP_PINHOLE_CALLERS)
			pin->n_callers = SIP_PINHOLE_CALLERS;
	}
	spin_unlock_bh(&pin->lock);
}

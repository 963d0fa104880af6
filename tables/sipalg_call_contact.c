// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_call_contact: the signalling pinholes of a call, under the lock of the call.  See
 * sipalg_call_contact.h.
 */
#include <linux/slab.h>

#include "sipalg_call.h"
#include "sipalg_call_contact.h"

bool sipalg_call_has_contact(struct sipalg_call *call, const struct sipalg_pinhole *pin)
{
	struct sipalg_pinhole **contact = sipalg_call_contacts(call);
	u32 i;

	for (i = 0; i < call->n_contacts; i++) {
		sipalg_step();
		if (contact[i] == pin)
			return true;
	}
	return false;
}

/* Most calls have at most one contact, so the call has a list only from the second one on. */
static bool make_list(struct sipalg_call *call)
{
	struct sipalg_pinhole *first = call->contact, **list;

	list = kcalloc(SIPALG_CALL_CONTACTS, sizeof(*list), GFP_ATOMIC);
	if (!list)
		return false;
	list[0] = first;
	call->contacts = list;
	return true;
}

bool sipalg_call_add_contact(struct sipalg_call *call, struct sipalg_pinhole *pin)
{
	u32 n = call->n_contacts;

	lockdep_assert_held(&call->lock);
	if (n == SIPALG_CALL_CONTACTS || (n == 1 && !make_list(call)))
		return false;
	call->n_contacts++;
	sipalg_call_contacts(call)[n] = pin;
	return true;
}

void sipalg_call_contact_rm(struct sipalg_net *sn, struct sipalg_call *call,
			    enum sipalg_pinhole_end end)
{
	struct sipalg_pinhole **list = sipalg_call_contacts(call), *first = list[0];

	sipalg_pinhole_close(sn, list[--call->n_contacts], end);
	if (call->n_contacts != 1)
		return;
	kfree(list);
	call->contact = first;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * sip_walk: what a reader of a header says about a value that does not fit.  See sip_walk.h.
 */
#include <linux/kernel.h>

#include "sip_walk.h"

int sip_walk_fault(struct sip_walk *w, enum sip_fault what)
{
	w->msg->fault = what;
	return -EBADMSG;
}

__cold void sip_walk_leave(struct sip_walk *w, enum sip_left what)
{
	w->left = what + 1;
	sip_leave(w->msg, what);
}

__cold void sip_walk_leave_value(struct sip_walk *w, int err, enum sip_left what)
{
	if (err == -ERANGE)
		sip_walk_leave(w, SIP_LEFT_NUMBER);
	sip_walk_leave(w, what);
}

__cold void sip_walk_leave_identity(struct sip_walk *w, enum sip_left what)
{
	w->msg->flags |= SIP_MSG_PASSIVE;
	sip_walk_leave(w, what);
}

u8 sip_left_fault(u8 left)
{
	static const u8 faults[] = {
#define X(NAME, name, FAULT, text) [SIP_LEFT_##NAME] = SIP_FAULT_##FAULT,
		SIP_LEFTS(X)
#undef X
	};

	return faults[left];
}

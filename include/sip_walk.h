/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_walk: one walk over the headers of a message, as its readers see it.
 *
 * sip_parse.c cuts a message into headers and gives each value to its reader, which the list in
 * sip_header.h names.  A reader writes what it finds into the message.  What it cannot read it
 * leaves, and says so here.  All readers look alike:
 *
 *	int sip_read_<reader>(struct sip_walk *w, struct sip_cursor *c, enum sip_header header);
 *
 * The cursor stands after the colon.  A reader returns 0, or -EBADMSG from sip_walk_fault() where
 * two readers could see two messages: then the walk ends.
 */
#ifndef _SIP_WALK_H
#define _SIP_WALK_H

#include <linux/types.h>
#include "sip_fault.h"
#include "sip_header.h"
#include "sip_parse.h"
#include "sip_slice.h"

struct sip_ends;

/**
 * struct sip_walk - one walk
 * @t: the message
 * @msg: what was found in it
 * @ends: the addresses whose URIs are kept where not all can be; NULL: none
 * @seen: headers that were there, by sip_header_bit()
 * @until: the walk ends when all of these were seen
 * @last: enum sip_header: headers after this one in the list are stepped over
 * @is_whole: nothing comes after the text
 * @left: what was left of the header at hand, enum sip_left and one; 0: all of it was read
 * @values: URIs that are kept, by enum sip_role
 * @victim: index of a URI in @msg: of those before it none gives way
 * @victim_rank: enum uri_rank of sip_uri_list.c: URIs of this rank may be before @victim
 * @first: the value of a header as it stood first, by enum sip_header
 */
struct sip_walk {
	const struct sip_text *t;
	struct sip_msg *msg;
	const struct sip_ends *ends;
	u32 seen;
	u32 until;
	u8 last;
	bool is_whole;
	u8 left;
	u8 values[SIP_ROLE_COUNT];
	u8 victim;
	u8 victim_rank;
	struct sip_slice first[SIP_HEADER_IDENTITY + 1];
};

/**
 * sip_header_bit() - the bit of a header in sip_walk.seen
 * @header: up to SIP_HEADER_IDENTITY
 *
 * Return: one bit; of SIP_HEADER_OTHER one that no header sets.
 */
static inline u32 sip_header_bit(enum sip_header header)
{
	return 1U << header;
}

/**
 * sip_walk_fault() - a message is malformed
 * @w: the walk, which ends here
 * @what: what is wrong with the message
 *
 * Context: any; no lock, no allocation.
 * Return: -EBADMSG.
 */
int sip_walk_fault(struct sip_walk *w, enum sip_fault what);

/**
 * sip_walk_leave() - something of the header at hand stays as it is
 * @w: the walk
 * @what: what that is
 *
 * Context: any; no lock, no allocation.
 */
void sip_walk_leave(struct sip_walk *w, enum sip_left what);

/**
 * sip_walk_leave_value() - a value of the header at hand stays as it is
 * @w: the walk
 * @err: why the value could not be read; -ERANGE counts as a number over its range, too
 * @what: what the value is
 *
 * Context: any; no lock, no allocation.
 */
void sip_walk_leave_value(struct sip_walk *w, int err, enum sip_left what);

/**
 * sip_walk_leave_identity() - what stays tells which dialog or transaction it is (SECURITY M2)
 * @w: the walk; its message opens and closes nothing
 * @what: what stays
 *
 * Context: any; no lock, no allocation.
 */
void sip_walk_leave_identity(struct sip_walk *w, enum sip_left what);

/**
 * sip_left_fault() - what is wrong with what was left, to a reader that is strict
 * @left: enum sip_left
 *
 * Context: any; no lock, no allocation.
 * Return: enum sip_fault; SIP_FAULT_NONE: the message is not SIP.
 */
u8 sip_left_fault(u8 left);

#endif /* _SIP_WALK_H */

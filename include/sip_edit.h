/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_edit: what will change in a packet's text, remembered first and written once.
 *
 * The life of an edit: while a message is read, each unit that wants a piece of
 * it replaced adds {offset, old length, new text}.  Offsets count in the text as
 * it arrived, so edits do not disturb each other and may come in any order.
 * A message that fails takes its edits back by its mark.  At the end of the
 * packet all are rendered together, in place, every byte of the text moved at
 * most once.
 */
#ifndef _SIP_EDIT_H
#define _SIP_EDIT_H

#include <linux/types.h>
#include "sip_addr.h"
#include "sip_limits.h"

/**
 * struct sip_edit - one replacement
 * @off: first replaced byte, from the start of the packet's payload
 * @old_len: bytes that go; 0: pure insertion before @off
 * @new_len: bytes that come
 * @text: offset of the new bytes in sip_edits.pool
 */
struct sip_edit {
	u32 off;
	u16 old_len;
	u16 new_len;
	u16 text;
};

/**
 * struct sip_edits - the edits of one packet, sorted by offset, none overlapping
 * @n: how many
 * @pool_len: used bytes of @pool
 * @delta: bytes that the text grows by (negative: shrinks)
 * @addr_text: offset in @pool of the text of @addr
 * @addr_len: bytes of that text
 * @addr_brackets: whether that text has brackets; of no meaning for IPv4
 * @port_len: bytes of ":port" after that text; 0: none
 * @port: that port
 * @addr: the address that was written last: most edits of a message write the same address
 * @e: the edits
 * @pool: the new texts
 */
struct sip_edits {
	u16 n;
	u16 pool_len;
	s32 delta;
	u16 addr_text;
	u8 addr_len;
	bool addr_brackets;
	u8 port_len;
	u16 port;
	struct sip_addr addr;
	struct sip_edit e[SIP_MAX_EDITS];
	char pool[SIP_MAX_EDIT_TEXT];
};

/**
 * struct sip_edit_mark - where a list stood: everything added since can be taken back
 * @n: edits that were in it
 * @pool_len: bytes that its pool had
 * @delta: bytes that the text grew by
 */
struct sip_edit_mark {
	u16 n;
	u16 pool_len;
	s32 delta;
};

/**
 * sip_edit_init() - empty a list
 * @edits: the list; its arrays need not be cleared
 *
 * Context: any; the list belongs to the caller.
 */
static inline void sip_edit_init(struct sip_edits *edits)
{
	edits->n = 0;
	edits->pool_len = 0;
	edits->delta = 0;
	edits->addr.family = SIP_FAMILY_NONE;
	edits->addr_brackets = false;
	edits->addr_len = 0;
	edits->port_len = 0;
}

/**
 * sip_edit_add() - remember a replacement
 * @edits: the list
 * @off: first byte to go, from the start of the payload
 * @old_len: bytes to go, at most SIP_MAX_MESSAGE
 * @text: the new bytes; copied
 * @len: how many
 *
 * An edit that removes nothing and adds nothing is not remembered.  Two
 * insertions at one place are rendered in the order in which they were added,
 * and an insertion comes before a replacement that starts at its place.
 *
 * Context: any; the list belongs to the caller.
 * Return: 0; -E2BIG over SIP_MAX_EDITS, SIP_MAX_EDIT_TEXT or SIP_MAX_GROWTH;
 * -EEXIST where it overlaps an edit that is there (the list is unchanged then).
 */
int sip_edit_add(struct sip_edits *edits, u32 off, u32 old_len, const char *text, u32 len);

/**
 * sip_edit_add_addr() - remember a replacement by an address
 * @edits: the list
 * @off: first byte to go
 * @old_len: bytes to go
 * @addr: of either family
 * @brackets: as for sip_addr_write()
 *
 * Context: any; the list belongs to the caller.
 * Return: as sip_edit_add().
 */
int sip_edit_add_addr(struct sip_edits *edits, u32 off, u32 old_len, const struct sip_addr *addr,
		      bool brackets);

/**
 * sip_edit_add_endpoint() - remember a replacement by address ":" port
 * @edits: the list
 * @off: first byte to go
 * @old_len: bytes to go
 * @to: the address, of either family, which is written with brackets where it needs them; the
 *	port in host byte order
 *
 * Context: any; the list belongs to the caller.
 * Return: as sip_edit_add().
 */
int sip_edit_add_endpoint(struct sip_edits *edits, u32 off, u32 old_len,
			  const struct sip_endpoint *to);

/**
 * sip_edit_add_number() - remember a replacement by a decimal number
 * @edits: the list
 * @off: first byte to go
 * @old_len: bytes to go
 * @n: the number
 *
 * Context: any; the list belongs to the caller.
 * Return: as sip_edit_add().
 */
int sip_edit_add_number(struct sip_edits *edits, u32 off, u32 old_len, u32 n);

/**
 * sip_edit_take_mark() - where the list stands
 * @edits: the list
 *
 * Valid for sip_edit_rollback() as long as everything added since lies after
 * everything added before, which holds for the messages of one packet.
 *
 * Context: any; the list belongs to the caller.
 * Return: the mark.
 */
struct sip_edit_mark sip_edit_take_mark(const struct sip_edits *edits);

/**
 * sip_edit_rollback() - take back what was added since the mark
 * @edits: the list
 * @mark: of the same list, taken earlier
 *
 * Context: any; the list belongs to the caller.
 */
void sip_edit_rollback(struct sip_edits *edits, struct sip_edit_mark mark);

/**
 * sip_edit_render() - write all edits into the text, in place
 * @edits: the list; not changed
 * @buf: the text; the result stands at the same place
 * @len: length of the text as it is; no edit reaches beyond it
 * @cap: bytes that may be written at @buf, at least max(@len, @len + delta)
 *
 * Context: any.
 * Return: the new length; -ENOSPC where @cap is too small, -EINVAL where an
 * edit lies outside of the text. On error nothing was written.
 */
int sip_edit_render(const struct sip_edits *edits, char *buf, u32 len, u32 cap);

#endif /* _SIP_EDIT_H */

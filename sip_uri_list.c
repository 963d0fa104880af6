// SPDX-License-Identifier: GPL-2.0
/*
 * sip_uri_list: the URIs of a message that may have to be translated.  See sip_uri_list.h.
 *
 * URIs are kept in the order of the message.  Where there are more than SIP_MAX_URIS, or more than
 * SIP_MAX_VALUES of one header, those that name an end of the connection take the places of others.
 */
#include <linux/kernel.h>

#include "sip_cursor.h"
#include "sip_flow.h"
#include "sip_name_addr.h"
#include "sip_uri_list.h"

/* ---- places ---------------------------------------------------------------------- */

/* how much a URI matters where not all can be kept */
enum uri_rank {
	RANK_NONE,
	RANK_ADDRESS,		/* it names the address of an end of the connection */
	RANK_END,		/* it names the address and the port of an end */
};

static enum uri_rank uri_rank(const struct sip_walk *w, const struct sip_uri *uri)
{
	enum uri_rank rank = RANK_NONE;
	u32 i;

	for (i = 0; w->ends && uri->at.addr.family && i < ARRAY_SIZE(w->ends->at); i++) {
		if (!sip_addr_equal(&uri->at.addr, &w->ends->at[i].addr))
			continue;
		if (sip_uri_port(uri) == w->ends->at[i].port)
			return RANK_END;
		rank = RANK_ADDRESS;
	}
	return rank;
}

/*
 * Finds a kept URI that matters less than @rank.  A look-up begins where the last one ended, so
 * all look-ups together pass over the URIs once for each rank.  Return: the URI, or NULL.
 */
static struct sip_uri *find_victim(struct sip_walk *w, enum uri_rank rank)
{
	struct sip_msg *msg = w->msg;

	for (; w->victim_rank < rank; w->victim_rank++, w->victim = sip_is_request(msg))
		for (; w->victim < msg->n_uris; w->victim++)
			if (uri_rank(w, &msg->uri[w->victim]) <= w->victim_rank)
				return &msg->uri[w->victim++];
	return NULL;
}

/* Keeps a URI that was read into uri_place().  The spare place lends it that of a victim. */
static void keep_uri(struct sip_walk *w, struct sip_uri *uri)
{
	struct sip_msg *msg = w->msg;
	struct sip_uri *victim;

	if (uri != &msg->uri[SIP_MAX_URIS]) {
		w->values[uri->role]++;
		msg->n_uris++;
		return;
	}
	sip_walk_leave(w, SIP_LEFT_LIMIT);
	victim = find_victim(w, uri_rank(w, uri));
	if (victim)
		*victim = *uri;
}

/* The place to read the next URI into: after the last one, or the spare place. */
static struct sip_uri *uri_place(struct sip_walk *w, enum sip_header header)
{
	struct sip_msg *msg = w->msg;

	return &msg->uri[w->values[header] < SIP_MAX_VALUES ? msg->n_uris : SIP_MAX_URIS];
}

/* ---- values ---------------------------------------------------------------------- */

static void read_uri_params(struct sip_walk *w, struct sip_cursor *c, struct sip_uri *uri)
{
	struct sip_slice name, value;
	int ret, err;

	while ((ret = sip_next_param(c, &name, &value))) {
		if (ret < 0) {
			sip_walk_leave(w, sip_header_left((enum sip_header)uri->role));
			continue;
		}
		if (uri->role != SIP_ROLE_CONTACT || !sip_slice_is(w->t, name, SIP_LIT("expires")))
			continue;
		err = sip_number(w->t, value, U32_MAX, &uri->expires);
		if (err == -ERANGE)
			sip_walk_leave(w, SIP_LEFT_NUMBER);
		uri->has_expires = !err;
	}
}

/* Reads the value once more from its beginning, less strictly. */
static __cold int read_odd_uri(struct sip_walk *w, struct sip_cursor *c, u32 from,
			       struct sip_uri *uri)
{
	struct sip_slice text;

	c->at = from;
	if (!sip_name_addr_take(c, &text))
		return sip_uri_parse(w->t, sip_name_addr_trim(w->t, text), uri);
	c->at = from;
	return sip_name_addr_take_unclosed(c, &text) ? -EBADMSG : sip_uri_parse(w->t, text, uri);
}

/* Reads a name-addr with its parameters. */
static int read_uri(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	struct sip_uri *uri = uri_place(w, header);
	struct sip_slice text;
	u32 from = c->at;
	int err = sip_name_addr_take(c, &text);

	if (!err)
		err = sip_uri_parse(w->t, text, uri);
	if (unlikely(err)) {
		err = read_odd_uri(w, c, from, uri) ? err : 0;
		if (err)
			return err;
		sip_walk_leave(w, sip_header_left(header));
	}
	uri->role = header;
	if (uri->is_odd)
		sip_walk_leave(w, sip_header_left(header));
	read_uri_params(w, c, uri);
	keep_uri(w, uri);
	return 0;
}

int sip_read_uris(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	do {
		u32 from = c->at;
		int err = read_uri(w, c, header);

		if (err) {
			sip_walk_leave_value(w, err, sip_header_left(header));
			c->at = from;
			sip_name_addr_skip(c);
		}
	} while (cur_skip(c, ','));
	return 0;
}

/* Whether the star at the cursor is all of the value. */
static bool is_star(struct sip_cursor c)
{
	c.at++;
	return cur_at_end(&c);
}

int sip_read_contact(struct sip_walk *w, struct sip_cursor *c, enum sip_header header)
{
	if (cur_at_end(c))		/* an empty list: seen in the field, says nothing */
		return 0;
	/* a display name may begin with a star, too */
	if (cur_peek(c) == '*' && is_star(*c)) {
		w->msg->flags |= SIP_MSG_STAR;
		return 0;
	}
	return sip_read_uris(w, c, header);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * world: one message through the whole text core, as a NAT would do it.
 *
 * Which methods carry a session description, and which ports are free, is the
 * business of the modules; here every description is opened and the scene says
 * what each section becomes.
 */
#ifndef _HOST_WORLD_H
#define _HOST_WORLD_H

#include "sip_body.h"
#include "sip_edit.h"
#include "sip_parse.h"
#include "sip_rewrite.h"

/**
 * struct scene - what is known beside the message
 * @flow: the connection
 * @hide: address that a description shall not name any more
 * @show: what stands for it
 * @media: what each section becomes that names @hide; of several descriptions all in one row
 * @shift: if not 0, a section's ports become their own and this, whichever section it is, and
 *	   @media is not used
 */
struct scene {
	struct sip_flow flow;
	struct sip_addr hide;
	struct sip_addr show;
	struct sdp_target media[SDP_MAX_MEDIA];
	u16 shift;
};

/**
 * struct world - the working memory of one translation, and what it found
 * @msg: the message as it arrived
 * @body: its descriptions
 * @sdp: the first of them, where @has_sdp
 * @plan: decisions about its header section
 * @edits: all that was changed
 */
struct world {
	struct sip_msg msg;
	struct sip_header_plan plan;
	struct sip_body body;
	struct sdp sdp;
	struct sip_edits edits;
	bool has_sdp;
};

/* parse, decide and plan; the text is not touched.  Return: 0, or the first error. */
int world_plan(struct world *w, const struct scene *scene, const struct sip_text *text);

/*
 * The whole way: a message that fails stays as it is.
 * Return: the new length, or the error; -EBADMSG with w->msg.fault.
 */
int world_translate(struct world *w, const struct scene *scene, char *buf, u32 len, u32 cap);

#endif /* _HOST_WORLD_H */

// SPDX-License-Identifier: GPL-2.0
/* world: one message through the whole text core.  See world.h. */
#include <linux/errno.h>
#include <linux/string.h>

#include "sip_start.h"
#include "world.h"

static struct sdp_target shifted(const struct sdp_media *media, const struct scene *scene)
{
	u16 rtcp = media->is_rtp ? sdp_rtcp_of(media) : 0;

	return (struct sdp_target){
		.addr = scene->show,
		.port = media->port + scene->shift,
		.rtcp = rtcp ? rtcp + scene->shift : 0,
	};
}

/* The sections of all descriptions are counted in one row. */
static void choose_targets(struct sip_description *desc, const struct scene *scene, u32 *at)
{
	u32 i;

	desc->plan.from = scene->hide;
	desc->plan.to = scene->show;
	for (i = 0; i < desc->sdp.n_media; i++, *at = (*at + 1) % SDP_MAX_MEDIA) {
		if (!sip_addr_equal(sdp_conn_of(&desc->sdp, i), &scene->hide))
			continue;
		if (desc->sdp.media[i].port)
			desc->plan.media[i] = scene->shift ?
				shifted(&desc->sdp.media[i], scene) : scene->media[*at];
		else
			desc->plan.media[i].addr = scene->show;
	}
}

static int plan_body(struct world *w, const struct scene *scene, const struct sip_text *text)
{
	u32 i, at = 0;

	w->has_sdp = false;
	if (!scene->hide.family)
		return 0;
	sip_body_read(text, &w->msg, &w->body);
	for (i = 0; i < w->body.n; i++)
		choose_targets(&w->body.desc[i], scene, &at);
	w->has_sdp = w->body.n;
	if (w->has_sdp)
		w->sdp = w->body.desc[0].sdp;
	return sip_body_plan(&w->edits, text, 0, &w->msg, &w->body);
}

int world_plan(struct world *w, const struct scene *scene, const struct sip_text *text)
{
	int ret;

	sip_edit_init(&w->edits);
	ret = sip_parse_rest(text, &w->msg, sip_parse_start(text, &w->msg), &scene->flow.ends);
	if (ret < 0)
		return ret;
	sip_header_decide(text, &w->msg, &scene->flow, &w->plan);
	ret = sip_header_plan_edits(&w->edits, text, 0, &w->msg, &w->plan);
	return ret ? ret : plan_body(w, scene, text);
}

int world_translate(struct world *w, const struct scene *scene, char *buf, u32 len, u32 cap)
{
	struct sip_text text = { buf, len };
	int err = world_plan(w, scene, &text);

	return err ? err : sip_edit_render(&w->edits, buf, len, cap);
}

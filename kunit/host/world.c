// SPDX-License-Identifier: GPL-2.0
/* world: one message through the whole text core.  See world.h. */
#include <linux/errno.h>
#include <linux/string.h>

#include "world.h"

static void choose_targets(struct world *w, const struct scene *scene)
{
	u32 i;

	memset(&w->sdp_plan, 0, sizeof(w->sdp_plan));
	w->sdp_plan.from = scene->hide;
	w->sdp_plan.to = scene->show;
	for (i = 0; i < w->sdp.n_media; i++) {
		if (!sip_addr_equal(sdp_conn_of(&w->sdp, i), &scene->hide))
			continue;
		if (w->sdp.media[i].port)
			w->sdp_plan.media[i] = scene->media[i];
		else
			w->sdp_plan.media[i].addr = scene->show;
	}
}

static int plan_body(struct world *w, const struct scene *scene, const struct sip_text *text)
{
	int err;

	w->has_sdp = false;
	if (!(w->msg.flags & SIP_MSG_SDP) || w->msg.flags & SIP_MSG_ENCODED || !scene->hide.family)
		return 0;
	err = sdp_parse(text, w->msg.body, &w->sdp);
	if (err == -ENOMSG)
		return 0;
	if (err) {
		w->msg.fault = SIP_FAULT_SDP;
		return err;
	}
	w->has_sdp = true;
	choose_targets(w, scene);
	err = sdp_plan(&w->edits, text, 0, &w->sdp, &w->sdp_plan);
	return err ? err : sip_length_plan(&w->edits, 0, &w->msg, w->edits.delta);
}

int world_plan(struct world *w, const struct scene *scene, const struct sip_text *text)
{
	int ret;

	sip_edit_init(&w->edits);
	ret = sip_parse_datagram(text, &w->msg);
	if (ret < 0)
		return ret;
	sip_header_decide(text, &w->msg, &scene->flow, &w->plan);
	ret = plan_body(w, scene, text);
	return ret ? ret : sip_header_plan(&w->edits, text, 0, &w->msg, &w->plan);
}

int world_translate(struct world *w, const struct scene *scene, char *buf, u32 len, u32 cap)
{
	struct sip_text text = { buf, len };
	int err = world_plan(w, scene, &text);

	return err ? err : sip_edit_render(&w->edits, buf, len, cap);
}

// SPDX-License-Identifier: GPL-2.0
/* mutation: going through all damaged messages.  See mutation.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutation.h"
#include "variant.h"

void mutation_translate(const struct scene *scene, const struct message *m, struct message *out)
{
	static struct world w;
	int len;

	memcpy(out->text, m->text, m->len);
	len = world_translate(&w, scene, out->text, m->len, sizeof(out->text));
	out->len = m->len;
	if (len < 0)
		memcpy(out->text, m->text, m->len);
	else
		out->len = len;
}

static bool choose_scene(struct mutation *m)
{
	struct variant v = { .way = m->way, .new_port = true, .longer = m->longer };
	struct scene any = { .hide.family = SIP_FAMILY_IPV4, .show.family = SIP_FAMILY_IPV4 };
	struct sip_text text = { m->ref->m.text, m->ref->m.len };
	static struct world w;

	if (world_plan(&w, &any, &text)) {
		fprintf(stderr, "%s: no good message\n", m->ref->name);
		exit(2);
	}
	if (!variant_scene(&v, &w, &text, &m->scene))
		return false;
	m->scene.shift = SHIFT;
	return true;
}

static void each_damage(struct mutation *m, struct message *broken, void (*f)(struct mutation *m))
{
	u32 i;

	for (i = 0; i < n_damages; i++) {
		m->damage = &damages[i];
		if (!message_damage(&m->ref->m, m->trial.line, m->damage, broken))
			continue;
		mutation_translate(&m->scene, broken, m->trial.got);
		f(m);
	}
}

static void each_line(struct mutation *m, void (*f)(struct mutation *m))
{
	static struct message want, broken, got;

	mutation_translate(&m->scene, &m->ref->m, &want);
	if (want.len == m->ref->m.len && !memcmp(want.text, m->ref->m.text, want.len))
		return;
	message_split_like(&want, &m->ref->m);
	m->trial = (struct trial){ &m->ref->m, &want, &broken, &got, 0, &m->scene };
	m->damage = NULL;
	f(m);
	for (; m->trial.line < m->ref->m.n; m->trial.line++)
		each_damage(m, &broken, f);
}

void mutations_each(const struct reference *r, u32 n, void (*f)(struct mutation *m))
{
	struct mutation m;
	u32 i;

	for (i = 0; i < 2 * n; i++) {
		m = (struct mutation){
			.ref = &r[i / 2],
			.way = i & 1 ? EXPECT_IN : EXPECT_OUT,
			.longer = i / 2 & 1,
		};
		if (choose_scene(&m))
			each_line(&m, f);
	}
}

void print_text(char mark, const char *p, u32 len)
{
	u32 i;

	printf("# %c ", mark);
	for (i = 0; i < len && i < 160; i++) {
		unsigned char c = p[i];

		if (c == '\r')
			printf("\\r");
		else if (c == '\n')
			printf("\\n");
		else if (c < 32 || c > 126)
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	printf("%s\n", i < len ? "..." : "");
}

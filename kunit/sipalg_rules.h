/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_rules: what the cases of SECURITY's rules about pinholes say in one line.
 */
#ifndef _SIPALG_RULES_H
#define _SIPALG_RULES_H

#include "sipalg_binding.h"
#include "sipalg_pinhole.h"
#include "sipalg_lab.h"

#define PEER		"203.0.113.9"	/* where the other side's media comes from */
#define OWN(port)	"Contact: <sip:bob@192.168.1.2:" port ">;expires=600\r\n"
#define MAPPED(port)	"Contact: <sip:bob@203.0.113.1:" port ">;expires=600\r\n"

static inline struct lab_end peer(void)
{
	return lab_end(PEER, 6000);
}

static inline struct lab_end stranger(u32 i)
{
	return lab_end("198.51.100.7", 7000 + i);
}

/* The phone offers its port 4000, and the other side answers with PEER. */
static inline struct lab *call_with_peer(struct kunit *test)
{
	struct lab *lab = test->priv;

	lab_phone(lab, "INVITE 1 a - audio=4000");
	lab_proxy(lab, "200 INVITE 1 a b audio=6000 at=" PEER);
	lab_phone(lab, "ACK 1 a b");
	KUNIT_EXPECT_EQ(test, lab_waiting(lab, 0), 2);
	return lab;
}

/* A description of the phone's with these media sections. */
static inline const char *sections(struct lab *lab, const char *media)
{
	char *text = kunit_kzalloc(lab->test, LAB_TEXT_MAX, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(lab->test, text);
	snprintf(text, LAB_TEXT_MAX, "v=0\r\no=- 1 1 IN IP4 %pI4\r\ns=-\r\n"
		 "c=IN IP4 %pI4\r\nt=0 0\r\n%s", &lab->phone.ip, &lab->phone.ip, media);
	return text;
}

/* The phone's INVITE of call @id with these. */
static inline void offer(struct lab *lab, const char *id, const char *media)
{
	char line[64];

	sprintf(line, "INVITE 1 a - call=%s", id);
	lab->body = sections(lab, media);
	lab_phone(lab, line);
}

static inline void refuse(struct lab *lab, const char *id)
{
	char line[64];

	sprintf(line, "486 INVITE 1 a x call=%s", id);
	lab_proxy(lab, line);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_call(lab, id, "a").n_pinholes, 0, "%s", id);
}

/* The phone asks for @contact, and the registrar grants @granted. */
static inline void bind(struct lab *lab, u32 cseq, const char *contact, const char *granted)
{
	char line[48];

	sprintf(line, "REGISTER %u a - call=reg", cseq);
	lab->more = contact;
	lab_phone(lab, line);
	sprintf(line, "200 REGISTER %u a t call=reg", cseq);
	lab->more = granted;
	lab_proxy(lab, line);
}

static inline void expect_nothing(struct lab *lab, const char *what)
{
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, 0), 0, "%s", what);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED),
			    lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED), "%s", what);
}

/* The same of one whose calls have a way in for their other parties. */
static inline void expect_no_more(struct lab *lab, const char *what)
{
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_waiting(lab, 0), 0, "%s", what);
	KUNIT_EXPECT_EQ_MSG(lab->test, lab_count(lab, SIPALG_STAT_PINHOLES_OPENED),
			    lab_count(lab, SIPALG_STAT_PINHOLES_CLOSED) + lab_for_peers(lab),
			    "%s", what);
}

#endif /* _SIPALG_RULES_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_lab: a router in a test: a phone inside, a proxy outside, and in between
 * the real helper, NAT, conntrack and expectations of the initial namespace.
 *
 * A case reads like a script.  A message is written in one line,
 *
 *	[STATUS] METHOD CSEQ FROM-TAG TO-TAG [OPTION=VALUE ...]
 *
 * where "-" is a tag that is not there, and options are call= (Call-ID), branch=
 * (else made of what makes a transaction), audio= (port of a media section), at=
 * (its address, else the sender's), rtcp= (a=rtcp), dir= (sendonly and so on),
 * se= (Session-Expires), contact= (address:port, else the sender's), user= (of To), uri= (user
 * of the Request-URI).
 * Time is the namespace's clock, which a case sets forward, and which else stands still.
 *
 * These suites run in the kernel only; kunit/host knows nothing of them.
 */
#ifndef _SIPALG_LAB_H
#define _SIPALG_LAB_H

#include "sipalg_call.h"
#include "sipalg_call_event.h"
#include "sipalg_call_timer.h"
#include "sipalg_kunit.h"
#include "sipalg_net.h"

extern struct kunit_suite sipalg_call_suite;
extern struct kunit_suite sipalg_pinhole_suite;
extern struct kunit_suite sipalg_binding_suite;
extern struct kunit_suite sip_contact_suite;
extern struct kunit_suite sipalg_source_suite;
extern struct kunit_suite sipalg_quota_suite;
extern struct kunit_suite sipalg_neighbour_suite;
extern struct kunit_suite sipalg_flood_suite;
extern struct kunit_suite sipalg_chaos_suite;
extern struct kunit_suite sipalg_rules_m_suite;
extern struct kunit_suite sipalg_rules_p_suite;
extern struct kunit_suite sipalg_rules_life_suite;
extern struct kunit_suite sipalg_rules_trust_suite;
extern struct kunit_suite sipalg_bounds_suite;
extern struct kunit_suite sipalg_legacy_suite;
extern struct kunit_suite sipalg_shut_suite;
extern struct kunit_suite sipalg_said_suite;

enum {
	LAB_TEXT_MAX	= 4096,
	LAB_WORD_MAX	= 24,
	LAB_FOREVER_S	= 1000000,	/* more than any timer */
};

/* stands for a NUL in a text that is sent, and in one that left the router */
#define LAB_NUL	"\x1f"

struct lab_end {
	__be32 ip;
	u16 port;
};

/* one message, as its line says */
struct lab_msg {
	u16 status;
	u8 method;
	u32 cseq;
	u32 session_s;
	char call[LAB_WORD_MAX];
	char from[LAB_WORD_MAX];
	char to[LAB_WORD_MAX];
	char branch[LAB_WORD_MAX];
	char user[LAB_WORD_MAX];
	char uri[LAB_WORD_MAX];
	char dir[LAB_WORD_MAX];
	u16 audio;
	u16 rtcp;
	__be32 at;
	struct lab_end contact;
};

/* what a call looks like from outside; state -1: there is none */
struct lab_call {
	int state;
	int reason;
	u32 id;
	u32 n_media;
	u32 n_pinholes;
	u32 left_s;
	bool is_empty;
};

/**
 * struct lab - the router and what is around it
 * @test: the case
 * @sn: the namespace
 * @set: the settings in force; a case writes what it likes
 * @was: the settings that come back afterwards
 * @tmpl: what a rule "ct helper set" leaves on a packet
 * @is_nat: the phone's network is behind NAT
 * @mapped_port: the port that NAT gives to the phone's signalling; 0: its own
 * @phone: the phone, as it sees itself
 * @proxy: where it sends to
 * @more: header lines for the next message
 * @body: the next message's body, instead of the one of its options; their lengths are exact
 * @type: what that is; NULL: application/sdp
 * @old: where the next message, when it is finished, has this for the first time,
 * @new: it gets this instead
 * @msg: the last message
 * @in: its text
 * @out: the text that left the router; empty: dropped
 * @led_to: where the last packet was led to
 * @left_from: where its sender seems to be
 * @came_to: the port that it itself was sent on to
 * @is_related: whether its connection belongs to a call or a binding
 * @seen: jiffies at the last packet
 * @since: the counters at the beginning
 */
struct lab {
	struct kunit *test;
	struct sipalg_net *sn;
	struct sipalg_settings *set;
	struct sipalg_settings *was;
	struct nf_conn *tmpl;
	bool is_nat;
	u16 mapped_port;
	struct lab_end phone;
	struct lab_end proxy;
	const char *more;
	const char *body;
	const char *type;
	const char *old;
	const char *new;
	struct lab_msg msg;
	char *in;
	char *out;
	struct lab_end led_to;
	struct lab_end left_from;
	u16 came_to;
	bool is_related;
	unsigned long seen;
	u64 since[SIPALG_STAT_COUNT];
};

/* of a suite: test->priv is the lab afterwards, with NAT and without limits and quotas */
int lab_setup(struct kunit *test);

/* Lets all time pass and sees that nothing is left of anything. */
void lab_teardown(struct kunit *test);

struct lab_end lab_end(const char *ip, u16 port);

/* Reads one line into lab->msg. */
void lab_read(struct lab *lab, const char *line);

/*
 * Tells the call machine alone of a message.  Return: what sipalg_call_advance() says;
 * -ENOENT where the message belongs to no call, -ENOSPC.
 */
int lab_tell(struct lab *lab, const char *line);

/* The phone sends to the proxy, or the proxy to where it sees the phone. */
void lab_phone(struct lab *lab, const char *line);
void lab_proxy(struct lab *lab, const char *line);

/* The same of lab->msg. */
void lab_phone_msg(struct lab *lab);
void lab_proxy_msg(struct lab *lab);

/*
 * A packet that is no message arrives from outside at a published port.
 * Return: the phone's port that it is led to; 0: nobody expected it.
 */
u16 lab_media_in(struct lab *lab, struct lab_end from, u16 port);

/* The phone sends one.  Return: the port that it leaves from; 0: it belongs to no call. */
u16 lab_media_out(struct lab *lab, u16 port, struct lab_end to);

/* The connection with that first packet, as its sender saw it; referenced.  NULL: there is none. */
struct nf_conn *lab_conn(struct lab_end from, struct lab_end to);

/* The same of the phone's connection to the proxy. */
struct nf_conn *lab_master(const struct lab *lab);

/* Whether the text that left the router has @what in it. */
bool lab_has(const struct lab *lab, const char *what);

/* The number behind @what in the text that left the router; 0: there is none. */
u32 lab_number(const struct lab *lab, const char *what);

/* The media port that the last message published; 0: none. */
u16 lab_audio(const struct lab *lab);

/*
 * How many expectations of ours wait at that port of the outside address; 0: of all ports, but
 * for the one of each host that is for the peers of its calls.
 */
u32 lab_waiting(struct lab *lab, u16 port);

/* How many of those there are. */
u32 lab_for_peers(struct lab *lab);

/* How many of a class (enum sipalg_pinhole_class). */
u32 lab_waiting_in_class(struct lab *lab, u32 class);

/* Whether @port of the address that the other side sees is promised to somebody. */
bool lab_is_reserved(struct lab *lab, u16 port);

/* The same of any address. */
bool lab_is_reserved_at(struct lab *lab, struct lab_end at);

/* How many ports are, of all who may count as inside. */
u32 lab_reserved(struct lab *lab);

/* Whether what waits at that port is not used up by a packet. */
bool lab_is_lasting(struct lab *lab, u16 port);

/* Whether the last message left the router as it came. */
bool lab_is_untouched(const struct lab *lab);

/* The call with that Call-ID whose caller has that tag. */
struct lab_call lab_call(struct lab *lab, const char *call, const char *tag);

/* The same of lab_tell()'s default Call-ID and the caller "a". */
int lab_state(struct lab *lab);

/* What is left of calls that have ended by a message ends; by itself it does not in a test. */
void lab_settle(struct lab *lab);

/* From now on it does, as soon as in a router. */
void lab_let_settle(struct lab *lab);

/* Time passes, in one step, and what is due is done. */
void lab_wait(struct lab *lab, u32 seconds);

/* No source is known any more; no packet is under way. */
void lab_forget_sources(struct lab *lab);

/* All connections go, as with "conntrack -F". */
void lab_flush(struct lab *lab);

/* How often something was counted since lab_setup(). */
u64 lab_count(const struct lab *lab, enum sipalg_stat stat);

#endif /* _SIPALG_LAB_H */

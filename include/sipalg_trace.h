/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_trace: tracepoints, which show each message and what it does.
 *
 *	echo 1 > /sys/kernel/tracing/events/sipalg/enable
 *	cat /sys/kernel/tracing/trace_pipe
 *
 * A tracepoint that is off costs a jump that is not taken.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM sipalg

#if !defined(_SIPALG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _SIPALG_TRACE_H

#include <linux/tracepoint.h>

#include "sipalg_call_state.h"
#include "sipalg_inet.h"
#include "sip_method.h"
#include "sipalg_stats.h"

struct sip_msg;

#define X(NAME, name, text) TRACE_DEFINE_ENUM(SIPALG_STAT_##NAME);
SIPALG_STATS(X)
#undef X
#define X(NAME) TRACE_DEFINE_ENUM(SIP_##NAME);
SIP_METHODS(X)
#undef X
#define X(NAME, text) TRACE_DEFINE_ENUM(SIPALG_CALL_##NAME);
SIPALG_CALL_STATES(X)
SIPALG_CALL_REASONS(X)
#undef X

#ifndef SIPALG_TRACE_STAT

/**
 * enum sipalg_trace_pinhole - events of a pinhole
 * @SIPALG_TRACE_OPENED: it was opened
 * @SIPALG_TRACE_TAKEN: a packet came through it
 * @SIPALG_TRACE_CLOSED: it was closed
 */
enum sipalg_trace_pinhole {
	SIPALG_TRACE_OPENED,
	SIPALG_TRACE_TAKEN,
	SIPALG_TRACE_CLOSED,
};

#define SIPALG_TRACE_METHOD(NAME) { SIP_##NAME, #NAME },
#define SIPALG_TRACE_CALL(NAME, text) { SIPALG_CALL_##NAME, text },
#define SIPALG_TRACE_STAT(NAME, name, text) { SIPALG_STAT_##NAME, #name },
#define SIPALG_TRACE_FAULT(NAME, name, text) \
	{ SIPALG_STAT_MALFORMED + SIP_FAULT_##NAME, "malformed_" #name },
#define SIPALG_TRACE_LEFT(NAME, name, FAULT, text) { 1U << SIP_LEFT_##NAME, #name },
#endif

TRACE_EVENT(sipalg_message,
	TP_PROTO(const struct sip_endpoint *from, const struct sip_endpoint *to,
		 const struct sip_msg *msg, u32 len, enum sipalg_stat counter, bool is_dropped),
	TP_ARGS(from, to, msg, len, counter, is_dropped),
	TP_STRUCT__entry(
		__field_struct(struct sockaddr_in6, from)
		__field_struct(struct sockaddr_in6, to)
		__field(u16, status)
		__field(u8, method)
		__field(u32, cseq)
		__field(u32, len)
		__field(u32, counter)
		__field(u32, left)
		__field(bool, is_dropped)
	),
	TP_fast_assign(
		sipalg_inet_of_endpoint(from, &__entry->from);
		sipalg_inet_of_endpoint(to, &__entry->to);
		__entry->left = msg->left;
		__entry->status = msg->status;
		__entry->method = msg->method;
		__entry->cseq = msg->cseq;
		__entry->len = len;
		__entry->counter = counter;
		__entry->is_dropped = is_dropped;
	),
	TP_printk("%pISpc > %pISpc %s status=%u cseq=%u len=%u %s %s left=%s",
		  &__entry->from, &__entry->to,
		  __print_symbolic(__entry->method,
				   SIP_METHODS(SIPALG_TRACE_METHOD) { SIP_METHOD_OTHER, "other" }),
		  __entry->status, __entry->cseq, __entry->len,
		  __entry->is_dropped ? "dropped" : "passed",
		  __print_symbolic(__entry->counter, SIPALG_STATS(SIPALG_TRACE_STAT)
				   SIP_FAULTS(SIPALG_TRACE_FAULT)
				   { SIPALG_STAT_NONE, "opened_nothing" }),
		  __entry->left ? __print_flags(__entry->left, ",", SIP_LEFTS(SIPALG_TRACE_LEFT)
						{ 0, NULL }) : "-")
);

TRACE_EVENT(sipalg_call,
	TP_PROTO(u32 id, u8 state, u8 reason),
	TP_ARGS(id, state, reason),
	TP_STRUCT__entry(
		__field(u32, id)
		__field(u8, state)
		__field(u8, reason)
	),
	TP_fast_assign(
		__entry->id = id;
		__entry->state = state;
		__entry->reason = reason;
	),
	TP_printk("id=%u %s %s", __entry->id,
		  __print_symbolic(__entry->state,
				   SIPALG_CALL_STATES(SIPALG_TRACE_CALL) { -1, NULL }),
		  __print_symbolic(__entry->reason,
				   SIPALG_CALL_REASONS(SIPALG_TRACE_CALL) { -1, NULL }))
);

TRACE_EVENT(sipalg_pinhole,
	TP_PROTO(const struct sip_endpoint *real, const struct sip_endpoint *mapped, u8 event),
	TP_ARGS(real, mapped, event),
	TP_STRUCT__entry(
		__field_struct(struct sockaddr_in6, real)
		__field_struct(struct sockaddr_in6, mapped)
		__field(u8, event)
	),
	TP_fast_assign(
		sipalg_inet_of_endpoint(real, &__entry->real);
		sipalg_inet_of_endpoint(mapped, &__entry->mapped);
		__entry->event = event;
	),
	TP_printk("real=%pISpc mapped=%pISpc %s", &__entry->real, &__entry->mapped,
		  __print_symbolic(__entry->event, { SIPALG_TRACE_OPENED, "opened" },
				   { SIPALG_TRACE_TAKEN, "taken" },
				   { SIPALG_TRACE_CLOSED, "closed" }))
);

TRACE_EVENT(sipalg_binding,
	TP_PROTO(const struct sip_endpoint *contact, const struct sip_endpoint *mapped, u32 life_s),
	TP_ARGS(contact, mapped, life_s),
	TP_STRUCT__entry(
		__field_struct(struct sockaddr_in6, contact)
		__field_struct(struct sockaddr_in6, mapped)
		__field(u32, life_s)
	),
	TP_fast_assign(
		sipalg_inet_of_endpoint(contact, &__entry->contact);
		sipalg_inet_of_endpoint(mapped, &__entry->mapped);
		__entry->life_s = life_s;
	),
	TP_printk("contact=%pISpc mapped=%pISpc %s life_s=%u", &__entry->contact,
		  &__entry->mapped, __entry->life_s ? "bound" : "ended", __entry->life_s)
);

TRACE_EVENT(sipalg_source,
	TP_PROTO(const struct sip_endpoint *source, u32 blocked_s),
	TP_ARGS(source, blocked_s),
	TP_STRUCT__entry(
		__field_struct(struct sockaddr_in6, source)
		__field(u32, blocked_s)
	),
	TP_fast_assign(
		sipalg_inet_of_endpoint(source, &__entry->source);
		__entry->blocked_s = blocked_s;
	),
	TP_printk("source=%pISc blocked_s=%u", &__entry->source, __entry->blocked_s)
);

#endif /* _SIPALG_TRACE_H */

/* This part is read several times: define_trace.h includes the file that is named here. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE sipalg_trace
#include <trace/define_trace.h>

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * message: the SIP messages that the benchmark sends, as long as wanted.
 *
 * Requests are those of a phone, told apart by the call they belong to.  Answers repeat what a
 * request brought, as every server does.
 */
#ifndef _BENCH_MESSAGE_H
#define _BENCH_MESSAGE_H

#include <stdbool.h>

#define PROVIDER "203.0.113.2"

enum {
	MAX_MESSAGE = 8192,
};

/**
 * struct call - what tells the messages of one call from those of others
 * @phone: address of the phone, as text
 * @number: of the call, among all of this phone
 * @cseq: of its last request
 * @tcp: what Via says
 * @size: bytes of a message, as near as its shortest form allows
 */
struct call {
	const char *phone;
	unsigned int number;
	unsigned int cseq;
	bool tcp;
	unsigned int size;
};

/* provider_address - the provider's, as text; PROVIDER, or another one of the same length */
extern const char *provider_address;

/* media_port - where the phone hears this call */
unsigned int media_port(const struct call *call);

/* request - the next one of @call, with a description or not; its length */
unsigned int request(char *out, const struct call *call, const char *method, bool sdp);

/* answer - status 200 to @request, which ends with NUL, of about @size bytes; its length */
unsigned int answer(char *out, const char *request, unsigned int size, bool sdp);

#endif /* _BENCH_MESSAGE_H */

// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "message.h"

enum {
	FIRST_PORT = 10000,
	PORTS = 10000,		/* even ones: RTCP is beside them */
	PROVIDER_PORTS = 20000,	/* the provider's are so much higher */
	LONGEST_LINE = 256,
};

/* What makes real messages long, the most usual first. */
static const char *const more_headers[] = {
	"User-Agent: Example Phone 5.1.2 (revision 9321)\r\n",
	"Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, INFO, UPDATE\r\n",
	"Supported: replaces, timer, 100rel, path, outbound\r\n",
	"Session-Expires: 1800;refresher=uac\r\n",
	"P-Preferred-Identity: \"Example Line 100\" <sip:100@example.com>\r\n",
	"Accept: application/sdp, application/dtmf-relay, multipart/mixed\r\n",
	"P-Access-Network-Info: IEEE-802.3;eth-location=\"rack 7 port 12\"\r\n",
	"Allow-Events: dialog, message-summary, presence, refer, talk, hold\r\n",
};

static const char *const more_lines[] = {
	"a=rtpmap:0 PCMU/8000\r\n",
	"a=rtpmap:8 PCMA/8000\r\n",
	"a=rtpmap:101 telephone-event/8000\r\n",
	"a=fmtp:101 0-16\r\n",
	"a=ptime:20\r\n",
	"a=sendrecv\r\n",
	"a=rtpmap:9 G722/8000\r\n",
	"a=rtpmap:96 opus/48000/2\r\n",
	"a=fmtp:96 maxplaybackrate=48000;stereo=0;useinbandfec=1;usedtx=0;maxaveragebitrate=32000\r\n",
	"a=rtpmap:97 AMR-WB/16000/1\r\n",
	"a=fmtp:97 mode-set=0,1,2,3,4,5,6,7,8;mode-change-period=2;octet-align=1;max-red=0\r\n",
	"a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n",
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0\r\n",
	"a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0\r\n",
	"a=rtcp-fb:96 nack\r\n",
	"a=maxptime:60\r\n",
};

const char *provider_address = PROVIDER;

unsigned int media_port(const struct call *call)
{
	return FIRST_PORT + 2 * (call->number % PORTS);
}

/* as many of these lines as fit into @room; what they take */
static unsigned int add_lines(char *out, int room, const char *const *line, unsigned int lines)
{
	unsigned int i, len = 0;

	for (i = 0; i < lines && (int)(len + strlen(line[i])) <= room; i++)
		len += sprintf(out + len, "%s", line[i]);
	return len;
}
#define ADD_LINES(out, room, lines) add_lines(out, room, lines, sizeof(lines) / sizeof(*(lines)))

static unsigned int describe(char *out, const char *host, unsigned int port, int room)
{
	unsigned int len = sprintf(out, "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\n", host);

	len += sprintf(out + len, "c=IN IP4 %s\r\nt=0 0\r\n", host);
	len += sprintf(out + len, "m=audio %u RTP/AVP 0\r\n", port);
	return len + ADD_LINES(out + len, room - (int)len, more_lines);
}

/* headers up to @room bytes: the usual ones, then those of calls that were passed on and signed */
static unsigned int fill(char *out, int room)
{
	static const char token[] = "eyJhbGciOiJFUzI1NiIsInBwdCI6InNoYWtlbiJ9";
	unsigned int len = ADD_LINES(out, room, more_headers), n = 1;

	while (room - (int)len >= LONGEST_LINE)
		len += sprintf(out + len, "History-Info: <sip:%u@example.com>;index=1.%u\r\n",
			       200 + n, n), n++;
	if (room - (int)len < 14)
		return len;
	n = room - len - strlen("Identity: \r\n");
	len += sprintf(out + len, "Identity: ");
	while (n--)
		out[len++] = token[n % (sizeof(token) - 1)];
	return len + sprintf(out + len, "\r\n");
}

/* the rest of a message that has @len bytes: headers up to @size, and @body */
static unsigned int finish(char *out, unsigned int len, unsigned int size, const char *body)
{
	unsigned int body_len = strlen(body);
	unsigned int rest = body_len + strlen("Content-Length: 100\r\n\r\n");

	if (body_len)
		len += sprintf(out + len, "Content-Type: application/sdp\r\n");
	len += fill(out + len, (int)size - (int)(len + rest));
	return len + sprintf(out + len, "Content-Length: %u\r\n\r\n%s", body_len, body);
}

/* a third of what a message has beyond its shortest form is its description's */
static int room_for_body(unsigned int size)
{
	return size < 600 ? 0 : size / 3;
}

unsigned int request(char *out, const struct call *call, const char *method, bool sdp)
{
	bool registers = !strcmp(method, "REGISTER");
	bool begins = call->cseq == 1 && strcmp(method, "ACK");
	bool outside = registers || begins || !strcmp(method, "OPTIONS");
	char body[MAX_MESSAGE] = "";
	unsigned int len;

	if (sdp)
		describe(body, call->phone, media_port(call), room_for_body(call->size));
	len = sprintf(out, "%s sip:%s%s SIP/2.0\r\n", method, registers ? "" : "200@", provider_address);
	len += sprintf(out + len, "Via: SIP/2.0/%s ", call->tcp ? "TCP" : "UDP");
	len += sprintf(out + len, "%s:5060;", call->phone);
	len += sprintf(out + len, "branch=z9hG4bK%x-%x\r\n", call->number, call->cseq);
	len += sprintf(out + len, "From: <sip:100@example.com>;tag=%x\r\n", call->number);
	len += sprintf(out + len, "To: <sip:%s@example.com>", registers ? "100" : "200");
	len += sprintf(out + len, "%s\r\n", outside ? "" : ";tag=p");
	len += sprintf(out + len, "Call-ID: %08x@%s\r\n", call->number, call->phone);
	len += sprintf(out + len, "CSeq: %u %s\r\nMax-Forwards: 70\r\n", call->cseq, method);
	len += sprintf(out + len, "Contact: <sip:100@%s:5060>\r\n", call->phone);
	if (registers)
		len += sprintf(out + len, "Expires: 3600\r\n");
	return finish(out, len, call->size, body);
}

unsigned int answer(char *out, const char *request, unsigned int size, bool sdp)
{
	static const char *const wanted[] = { "Via:", "From:", "To:", "Call-ID:", "CSeq:" };
	bool registers = !strncmp(request, "REGISTER", 8), needs_tag;
	unsigned int i, len = sprintf(out, "SIP/2.0 200 OK\r\n");
	char body[MAX_MESSAGE] = "";
	const char *line, *end, *media;

	for (line = strstr(request, "\r\n"); line; line = end) {
		line += 2;
		end = strstr(line, "\r\n");
		if (!end || end == line)
			break;
		needs_tag = *line == 'T' && !memmem(line, end - line, ";tag=", 5);
		for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
			if (!strncmp(line, wanted[i], strlen(wanted[i])))
				len += sprintf(out + len, "%.*s%s\r\n", (int)(end - line), line,
					       needs_tag ? ";tag=p" : "");
		if (registers && !strncmp(line, "Contact:", 8))
			len += sprintf(out + len, "%.*s;expires=3600\r\n", (int)(end - line), line);
	}
	if (!registers)
		len += sprintf(out + len, "Contact: <sip:200@%s:5060>\r\n", provider_address);
	media = strstr(request, "\r\nm=audio ");
	if (sdp && media)
		describe(body, provider_address, atoi(media + 10) + PROVIDER_PORTS, room_for_body(size));
	return finish(out, len, size, body);
}

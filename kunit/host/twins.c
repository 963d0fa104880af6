// SPDX-License-Identifier: GPL-2.0
/*
 * The reference messages, damaged at random, before both readers of the text core.
 *
 * usage: twins COUNT SEED GOLDEN...
 *
 * The same count and seed give the same messages.  The last line is "N passed, N failed, N
 * skipped", of messages.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden_file.h"
#include "twin.h"

enum { MAX_SEEDS = 2000 };

/* a message to begin with */
struct seed {
	struct scene scene;
	u32 len;
	char *text;
};

static struct seed seeds[MAX_SEEDS];
static u32 n_seeds;
static u64 state;
static char text[TWIN_MAX];
static u32 len;

/* xorshift64*: Vigna 2016 */
static u32 below(u32 n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 2685821657736338717ULL >> 32) % n;
}

/* ---- damage ---------------------------------------------------------------------------- */

static void replace(u32 at, u32 old, const char *p, u32 n)
{
	if (at + old > len || len - old + n > TWIN_MAX)
		return;
	memmove(text + at + n, text + at + old, len - at - old);
	memcpy(text + at, p, n);
	len += n - old;
}

static const char chars[] = " \t\r\n;,=:<>\"@?/\\[]()%*+-._'!09azAZ\x7f\x80\xc3\xa9\x01";

static void change_byte(void)
{
	char c = chars[below(sizeof(chars))];	/* the NUL as well */

	if (len)
		text[below(len)] = below(8) ? c : (char)below(256);
}

static void insert_byte(void)
{
	replace(below(len + 1), 0, &chars[below(sizeof(chars))], 1);
}

static void remove_bytes(void)
{
	u32 n = 1 + below(below(4) ? 4 : 40);

	if (len > n)
		replace(below(len - n), n, "", 0);
}

/* the case of a letter, which never counts but in methods and lines of a description */
static void change_case(void)
{
	if (len)
		text[below(len)] ^= 0x20;
}

static const char *a_word(void)
{
	static const char *const words[] = {
		"\r\n ", "\r\n", "\n", "\r", "\r\r\n", ";tag=a", ";tag", "tag=", ";lr", ";expires=60", ";expires",
		";expires=\"1\"", "expires=4294967296", "maddr=192.168.1.2", ";maddr=", ";transport=tcp",
		";transport=UDP", ";transport=x", ";transport", ";rport", ";rport=5060", ";rport=a",
		";received=192.168.1.2", ";received", ";branch=z9hG4bK1", ";branch", ";x=\"a;b\"", ";x=\"\\\"\"",
		"sip:", "sips:", "tel:", "<sip:a@192.168.1.2>", "<", ">", "\"", "\\\"", ", ", ",", "@", "a@",
		"192.168.1.2", "192.168.1.256", "192.168.1.02", "192.168.1.2.", "1.2.3", "[2001:db8::1]",
		":5060", ":", ":65536", ":999999999", ":0", "\xc3\xa9", "SIP/2.0", "SIP/2.0/UDP ", "UDP", "TCP",
		"Via: SIP/2.0/UDP 192.168.1.2\r\n", "v: SIP/2.0/TCP a.example:1;rport\r\n",
		"f: <sip:a@b>;tag=1\r\n", "t: <sip:a@b>\r\n", "i: x\r\n", "m: <sip:a@192.168.1.2:5060>\r\n",
		"m: *\r\n", "l: 0\r\n", "Content-Length: 5\r\n", "c: application/sdp\r\n", "Content-Type: text/plain\r\n",
		"Content-Encoding: gzip\r\n", "Expires: 3600\r\n", "Session-Expires: 90;refresher=uac\r\n",
		"Route: <sip:p;lr>\r\n", "Record-Route: <sip:192.168.1.2;lr>,<sip:q>\r\n", "CSeq: 1 INVITE\r\n",
		"Authorization: Digest x=\"y\"\r\n", "X-1_2: 3\r\n", "Subject : x\r\n", "no colon\r\n",
		"v=0\r\n", "a=sendonly\r\n", "a=sendonly\r", "a=sendrecv\n", "a=inactive \r\n", "a=recvonly",
		"a=rtcp:5\r\n", "a=rtcp:5 IN IP4 192.168.1.2\r\n", "a=rtcp-mux\r\n", "a=rtcp-mux-only\r\n",
		"a=rtcp-fb:96 nack\r\n", "a=setup:active\r\n", "a=candidate:1 1 UDP 1 192.168.1.2 4000 typ host\r\n",
		"c=IN IP4 192.168.1.2\r\n", "c=IN IP4 224.2.1.1/127\r\n", "c=IN IP6 2001:db8::1\r\n", "i=x\r\n",
		"m=audio 4000 RTP/AVP 0\r\n", "m=audio 4000/2 RTP/AVP 0\r\n", "m=audio  4000 RTP/AVP 0\r\n",
		"m=image 4000 udptl t38\r\n", "m=audio 0 RTP/SAVP 0\r\n", "m=x 70000 RTP/AVP 0\r\n",
		"o=- 1 1 IN IP4 192.168.1.2\r\n",
	};

	return words[below(sizeof(words) / sizeof(*words))];
}

static void insert_word(void)
{
	const char *w = a_word();

	replace(below(len + 1), 0, w, strlen(w));
}

/* the begin of the line that @at is in */
static u32 line_of(u32 at)
{
	while (at && text[at - 1] != '\n')
		at--;
	return at;
}

/* a word at the begin of a line, where it is a header or a line of a description */
static void insert_line(void)
{
	const char *w = a_word();

	replace(line_of(below(len + 1)), 0, w, strlen(w));
}

/* a piece of this or another message to another place */
static void splice(void)
{
	static char piece[TWIN_MAX];
	const struct seed *s = &seeds[below(n_seeds)];
	u32 n = 1 + below(80), from = below(s->len), at;

	if (from + n > s->len)
		n = s->len - from;
	memcpy(piece, s->text + from, n);
	at = below(len + 1);
	replace(below(2) ? line_of(at) : at, 0, piece, n);
}

static void cut(void)
{
	len = below(4) ? len - below(len < 64 ? len + 1 : 64) : below(len + 1);
}

static void damage(void)
{
	static void (*const ways[])(void) = {
		change_byte, change_byte, insert_byte, remove_bytes, change_case, insert_word, insert_word,
		insert_line, splice, cut,
	};
	u32 n = 1 + below(4);

	while (n--)
		ways[below(sizeof(ways) / sizeof(*ways))]();
}

/* ---- the run --------------------------------------------------------------------------- */

static void tell(const char *what)
{
	u32 i;

	printf("# %s differs:\n# ", what);
	for (i = 0; i < len; i++) {
		u8 c = text[i];

		if (c == '\n')
			printf("\\n\n# ");
		else if (c == '\r')
			printf("\\r");
		else if (c < ' ' || c > 126 || c == '\\')
			printf("\\x%02x", c);
		else
			putchar(c);
	}
	putchar('\n');
}

static void read_seed(const char *path)
{
	struct golden g;

	golden_read(&g, path);
	if (g.in_len && g.in_len <= TWIN_MAX / 2 && n_seeds < MAX_SEEDS) {
		seeds[n_seeds].scene = g.scene;
		seeds[n_seeds].len = g.in_len;
		seeds[n_seeds].text = memcpy(malloc(g.in_len), g.in, g.in_len);
		n_seeds++;
	}
	golden_free(&g);
}

int main(int argc, char **argv)
{
	u64 count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0, i, failed = 0;
	int f;

	state = (argc > 2 ? strtoull(argv[2], NULL, 10) : 0) * 2 + 1;
	for (f = 3; f < argc; f++)
		read_seed(argv[f]);
	if (!count || !n_seeds)
		return fprintf(stderr, "usage: twins COUNT SEED GOLDEN...\n"), 2;
	for (i = 0; i < count && failed < 5; i++) {
		const struct seed *s = &seeds[i < n_seeds ? i : below(n_seeds)];
		const char *what;

		len = s->len;
		memcpy(text, s->text, len);
		if (i >= n_seeds)	/* first each one as it is */
			damage();
		what = twin_check(&s->scene, text, len);
		if (what) {
			failed++;
			tell(what);
		}
	}
	printf("# of %llu messages %llu have a start line, %llu are read, %llu have a description, %llu change\n",
	       (unsigned long long)twin_counts.runs, (unsigned long long)twin_counts.start,
	       (unsigned long long)twin_counts.whole, (unsigned long long)twin_counts.sdp,
	       (unsigned long long)twin_counts.changed);
	printf("%llu passed, %llu failed, 0 skipped\n", (unsigned long long)(i - failed),
	       (unsigned long long)failed);
	return failed != 0;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * path - what the way through the router costs a message.
 *
 * path rows ROUNDS BATCHES		a call and what is around it, UDP and TCP, of three sizes
 * path scale ROUNDS BATCHES CALLS...	the same with so many calls held
 * path rtp ROUNDS BATCHES NAME		media packets of a call
 * path flood ROUNDS BATCHES NAME WAY	OPTIONS, which that way is to refuse
 * path bulk ROUND BATCHES NAME		one round of TCP bulk, and of datagrams of no helper
 * path smp ROUNDS BATCHES [WAY]	calls on two processors, alone and at once; of WAY at once alone
 * path loop SECONDS WAY NAME		OPTIONS, or else whole calls, for a profiler
 *
 * A veth pair carries a packet on within the sender's system call: through the router's
 * namespace into the queue of the socket that it is for.  So a batch is handed over by one
 * sendmmsg(), and the time of that call, less that of an empty one and divided by the batch,
 * is the whole way of a message from one socket to the other.  Nothing is timed but this: what
 * is sent next is written, and what has come is read and checked, between.  Now and then the
 * kernel leaves the rest of a batch to its thread ksoftirqd: such a batch does not count.
 *
 * Four ways: plain, intree, ours and before, an older build of ours; the last one is not there
 * where BENCH_WAYS is 3 in the environment.  They differ by the sender's address alone, which
 * rules of the router give to a helper or not, and take turns batch by batch, one time in that
 * order and one time in the other.
 *
 * Output, a line for each round: BENCH KIND WHAT PROTO BYTES LEVEL WAY ROUND NANOSECONDS, the
 * mean of the middle half of its batches.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "message.h"

enum {
	WAYS = 4,
	PHONES = 200,		/* of a way; one takes some 700 calls without media yet */
	BATCH = 32,
	OUTSIDE_CALLS = 1 << 24,
	HELD = 10,		/* calls a phone holds before the next one; their batch */
	MAX_BATCHES = 4096,
	MAX_IDLE = 65536,
	SIP_PORT = 5060,
	RTP_BYTES = 172,
	BULK = 64000,
	BULKS = 8,
	BULK_PORT = 9000,
	PROCESSORS = 2,
};

struct phone {
	char address[16];
	int udp, tcp;		/* its sockets, connected to the provider */
	int server;		/* the provider's end of tcp */
	unsigned int first, calls;	/* numbers of its first call and of the next */
};

struct heard {
	char text[MAX_MESSAGE];
	unsigned int len;
	struct sockaddr_in from;
};

static const char *const way_name[WAYS] = { "plain", "intree", "ours", "before" };
static unsigned int ways = WAYS;	/* that are there */
static struct phone phones[WAYS][PHONES];
static int provider;		/* socket that hears all phones */
static const char *const provider_addresses[PROCESSORS] = { PROVIDER, "203.0.113.3" };
static struct heard heard[BATCH];
static char text[BATCH][MAX_MESSAGE];
static struct iovec vec[BATCH];
static struct mmsghdr mmsg[BATCH];

static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* --- sockets ----------------------------------------------------------------- */

static void enter(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fail("%s", path);
	close(fd);
}

static struct sockaddr_in at(const char *address, unsigned int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port) };

	if (!inet_aton(address, &a.sin_addr))
		fail("%s", address);
	return a;
}

static int bound(const char *ns, int type, const char *address, unsigned int port)
{
	struct sockaddr_in here = at(address, port);
	struct timeval patience = { .tv_sec = 3 };
	int fd, one = 1, size = 1 << 24;

	enter(ns);
	fd = socket(AF_INET, type, 0);
	if (fd < 0)
		fail("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)))
		fail("bind %s %u", address, port);
	return fd;
}

static int connected(int type, const char *address, unsigned int port, unsigned int there)
{
	struct sockaddr_in to = at(provider_address, there);
	int fd = bound("lan", type, address, port);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		fail("connect");
	return fd;
}

/* phones of way 2 are 10.12.100.2 to 10.12.199.3: all equally long, the router's for them too */
static void open_phone(unsigned int way, unsigned int n)
{
	struct phone *phone = &phones[way][n];

	if (phone->udp)
		return;
	sprintf(phone->address, "10.1%u.%u.%u", way, 100 + n % 100, 2 + n / 100);
	phone->first = getpid() << 12;	/* no number of this phone's last run */
	phone->calls = phone->first;
	phone->udp = connected(SOCK_DGRAM, phone->address, SIP_PORT, SIP_PORT);
}

static void open_stream(struct phone *phone, int door)
{
	int one = 1;

	phone->tcp = connected(SOCK_STREAM, phone->address, SIP_PORT, SIP_PORT);
	phone->server = accept(door, NULL, NULL);
	if (phone->server < 0)
		fail("accept");
	setsockopt(phone->server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

/* --- a batch ------------------------------------------------------------------ */

/* what a message's part of empty system calls took */
static struct {
	double ns[MAX_IDLE];
	unsigned int n;
} idle;

/* hand these over; nanoseconds for each, the system call included */
static double send_batch(int fd, unsigned int n)
{
	unsigned int done = 0;
	uint64_t start, end;
	int sent;

	sendmmsg(fd, mmsg, 0, 0);	/* the first one after a rest is slower */
	start = now_ns();
	sendmmsg(fd, mmsg, 0, 0);
	end = now_ns();
	idle.ns[idle.n++ % MAX_IDLE] = (double)(end - start) / n;
	start = now_ns();
	while (done < n) {
		sent = sendmmsg(fd, mmsg + done, n - done, 0);
		if (sent <= 0)
			fail("sendmmsg");
		done += sent;
	}
	end = now_ns();
	return (double)(end - start) / n;
}

static void put(unsigned int i, void *data, unsigned int len, struct sockaddr_in *to)
{
	vec[i] = (struct iovec){ data, len };
	mmsg[i].msg_hdr = (struct msghdr){ .msg_iov = &vec[i], .msg_iovlen = 1, .msg_name = to,
		.msg_namelen = to ? sizeof(*to) : 0 };
}

/* what has come as datagrams, how many; @late: not all of them were there at once */
static unsigned int hear_datagrams(int fd, unsigned int wanted, bool *late)
{
	int flags = MSG_DONTWAIT, n;
	unsigned int i, have = 0;

	*late = false;
	for (i = 0; i < wanted; i++)
		put(i, heard[i].text, MAX_MESSAGE - 1, &heard[i].from);
	while (have < wanted) {
		n = recvmmsg(fd, mmsg + have, wanted - have, flags, NULL);
		if (n <= 0 && *late)
			break;
		have += n > 0 ? n : 0;
		*late = have < wanted;
		flags = MSG_WAITFORONE;
	}
	for (i = 0; i < have; i++) {
		heard[i].len = mmsg[i].msg_len;
		heard[i].text[heard[i].len] = 0;
	}
	return have;
}

/* likewise as a stream */
static unsigned int hear_stream(int fd, unsigned int wanted, bool *late)
{
	static char stream[BATCH * MAX_MESSAGE];
	unsigned int have = 0, used = 0, i = 0;
	const char *body, *field;
	ssize_t n;

	*late = false;
	while (i < wanted) {
		n = recv(fd, stream + have, sizeof(stream) - 1 - have, *late ? 0 : MSG_DONTWAIT);
		if (n <= 0 && *late)
			return i;
		*late = *late || n <= 0;
		if (n <= 0)
			continue;
		have += n;
		stream[have] = 0;
		while (i < wanted && (body = strstr(stream + used, "\r\n\r\n"))) {
			field = strcasestr(stream + used, "\r\nContent-Length:");
			heard[i].len = body + 4 - (stream + used) + (field ? atoi(field + 17) : 0);
			if (used + heard[i].len > have)
				break;
			memcpy(heard[i].text, stream + used, heard[i].len);
			heard[i].text[heard[i].len] = 0;
			used += heard[i++].len;
		}
	}
	return i;
}

/* --- the steps of a call ------------------------------------------------------- */

enum kind {
	ALWAYS = 1,	/* can be measured with a call that is held */
	SDP = 2,
	FRESH = 4,	/* begins a call */
	OUTSIDE = 8,	/* belongs to no call */
	ANSWER = 16,	/* the provider's, to what it heard last */
	ACK = 32,	/* has the number of its INVITE */
};

static const struct step {
	const char *name, *method;
	unsigned int kind;
} steps[] = {
	{ "OPTIONS",		"OPTIONS",	ALWAYS | OUTSIDE },
	{ "200-OPTIONS",	NULL,		ALWAYS | ANSWER },
	{ "REGISTER",		"REGISTER",	ALWAYS | OUTSIDE },
	{ "200-REGISTER",	NULL,		ALWAYS | ANSWER },
	{ "INVITE",		"INVITE",	SDP | FRESH },
	{ "200-INVITE",		NULL,		SDP | ANSWER },
	{ "ACK",		"ACK",		ACK },
	{ "re-INVITE",		"INVITE",	ALWAYS | SDP },
	{ "200-re-INVITE",	NULL,		ALWAYS | SDP | ANSWER },
	{ "re-ACK",		"ACK",		ALWAYS | ACK },
	{ "INFO",		"INFO",		ALWAYS },
	{ "200-INFO",		NULL,		ALWAYS | ANSWER },
	{ "BYE",		"BYE",		0 },
	{ "200-BYE",		NULL,		ANSWER },
};

enum { LAST_OF_SETUP = 6 };	/* up to the first ACK */

/* parts of it */
enum { IN_DIALOG = 1, CALL = 2, WHOLE = IN_DIALOG | CALL };

enum { STEPS = sizeof(steps) / sizeof(*steps) };

struct batch {
	struct phone *phone;
	struct call call[BATCH];
	unsigned int n, outside_cseq;	/* of what belongs to no call */
	bool tcp;
	unsigned int size;
};

static double result[WAYS][STEPS][MAX_BATCHES];

static void write_batch(struct batch *b, const struct step *step, unsigned int i)
{
	struct call call = b->call[i];
	bool sdp = step->kind & SDP;

	if (step->kind & ANSWER) {
		put(i, text[i], answer(text[i], heard[i].text, b->size, sdp),
		    b->tcp ? NULL : &heard[i].from);
		return;
	}
	if (step->kind & OUTSIDE) {
		call.number = b->phone->first + OUTSIDE_CALLS + i;
		call.cseq = b->outside_cseq;
	} else if (!(step->kind & ACK)) {
		call.cseq = ++b->call[i].cseq;
	}
	call.size = b->size;
	call.tcp = b->tcp;
	put(i, text[i], request(text[i], &call, step->method, sdp), NULL);
}

/* the top Via of a request: the plain way leaves it alone, the others write the router's there */
static void check_way(const struct batch *b, const struct step *step)
{
	bool plain = b->phone < phones[1];
	const char *via, *address;
	unsigned int i;

	for (i = 0; i < b->n && !(step->kind & ANSWER); i++) {
		via = strstr(heard[i].text, "\r\nVia: ");
		address = via ? strstr(via, b->phone->address) : NULL;
		if (plain != (address && address < strstr(via, "\r\nFrom: ")))
			fail("%s of %s is not what its way makes of it", step->name,
			     b->phone->address);
	}
}

/* all of the batch go one step; nanoseconds for each message */
static double go(struct batch *b, const struct step *step)
{
	bool answers = step->kind & ANSWER;
	unsigned int i, n;
	bool late;
	double ns;

	for (i = 0; i < b->n; i++) {
		if (!answers && step->kind & OUTSIDE && !i)
			b->outside_cseq++;
		write_batch(b, step, i);
	}
	if (b->tcp) {
		ns = send_batch(answers ? b->phone->server : b->phone->tcp, b->n);
		n = hear_stream(answers ? b->phone->tcp : b->phone->server, b->n, &late);
	} else {
		ns = send_batch(answers ? provider : b->phone->udp, b->n);
		n = hear_datagrams(answers ? b->phone->udp : provider, b->n, &late);
	}
	if (n != b->n)
		fail("%s of %s, %s, %u bytes: %u of %u came through", step->name, b->phone->address,
		     b->tcp ? "TCP" : "UDP", b->size, n, b->n);
	check_way(b, step);
	return late ? NAN : ns;
}

static void begin_calls(struct batch *b)
{
	unsigned int i;

	for (i = 0; i < b->n; i++)
		b->call[i] = (struct call){
			.phone = b->phone->address,
			.number = b->phone->calls++,
		};
}

/* these steps, one after the other; results of batch @at */
static void run_batch(struct batch *b, unsigned int parts, unsigned int way, unsigned int at)
{
	unsigned int s;

	for (s = 0; s < STEPS; s++)
		if (parts & (steps[s].kind & ALWAYS ? IN_DIALOG : CALL))
			result[way][s][at] = go(b, &steps[s]);
}

/* --- results --------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * Of what counts, the mean of the middle half: the guest's clock goes in steps of 256 ns, and
 * a median would show them.
 */
static double middle(double *value, unsigned int values)
{
	unsigned int i, n = 0;
	double sum = 0;

	for (i = 0; i < values; i++)
		if (!isnan(value[i]))
			value[n++] = value[i];
	if (!n)
		return NAN;
	qsort(value, n, sizeof(*value), by_size);
	for (i = n / 4; i < n - n / 4; i++)
		sum += value[i];
	return sum / (n - n / 4 - n / 4);
}

struct label {
	const char *kind, *proto;
	unsigned int size, level;
	double idle;	/* is taken off: nobody's way */
};

/* before a round's results are printed: what the system calls of its batches took */
static void weigh_idle(struct label *l)
{
	l->idle = middle(idle.ns, idle.n < MAX_IDLE ? idle.n : MAX_IDLE);
	idle.n = 0;
}

static void print_round(const struct label *l, const char *what, const char *way,
			unsigned int round, double ns)
{
	printf("BENCH %s %s %s %u %u ", l->kind, what, l->proto, l->size, l->level);
	printf("%s %u %.1f\n", way, round, ns - l->idle);
}

static void print_steps(struct label *l, unsigned int round, unsigned int batches)
{
	unsigned int way, s;

	weigh_idle(l);
	for (way = 0; way < ways && round; way++)	/* the first round only warms up */
		for (s = 0; s < STEPS; s++)
			print_round(l, steps[s].name, way_name[way], round,
				    middle(result[way][s], batches));
}

/* --- what is measured -------------------------------------------------------------- */

static struct batch batch;

/* whose turn it is: one time behind its neighbour on one side, one time behind that on the other */
static unsigned int way_of(unsigned int turn, unsigned int i)
{
	return ((i & 1 ? ways - 1 : 1) * turn + i / 2) % ways;
}

static void rows_round(bool tcp, unsigned int size, unsigned int batches, unsigned int round)
{
	struct label label = { "row", tcp ? "tcp" : "udp", size, 0, 0 };
	unsigned int i, turn, way;

	for (i = 0; i < batches; i++) {
		for (turn = 0; turn < ways; turn++) {
			way = way_of(turn, i + round);
			batch.phone = &phones[way][0];
			batch.n = BATCH;
			batch.tcp = tcp;
			batch.size = size;
			begin_calls(&batch);
			run_batch(&batch, WHOLE, way, i);
		}
	}
	print_steps(&label, round, batches);
}

static void rows(unsigned int rounds, unsigned int batches)
{
	static const unsigned int sizes[] = { 400, 740, 4000 };
	unsigned int round, s, tcp, way;
	int door = bound("wan", SOCK_STREAM, PROVIDER, SIP_PORT);

	if (listen(door, ways))
		fail("listen");
	for (way = 0; way < ways; way++) {
		open_phone(way, 0);
		open_stream(&phones[way][0], door);
	}
	for (round = 0; round <= rounds; round++)
		for (tcp = 0; tcp < 2; tcp++)
			for (s = 0; s < 3; s++)
				rows_round(tcp, sizes[s], batches, round);
}

/* --- with calls held ------------------------------------------------------------------ */

static struct {
	struct call *call;
	unsigned int calls, room;
} held[WAYS][PHONES];

static void hold(struct batch *b, unsigned int way, unsigned int n)
{
	unsigned int calls = held[way][n].calls + b->n, i;

	if (calls > held[way][n].room) {
		held[way][n].room = 2 * calls;
		held[way][n].call = realloc(held[way][n].call, 2 * calls * sizeof(struct call));
		if (!held[way][n].call)
			fail("realloc");
	}
	for (i = 0; i < b->n; i++)
		held[way][n].call[held[way][n].calls++] = b->call[i];
}

/* @wanted calls in all, HELD to a phone in turn; the plain way has nothing to hold */
static void hold_calls(unsigned int way, unsigned int have, unsigned int wanted)
{
	unsigned int n, s;

	for (; have < wanted; have += HELD) {
		n = have / HELD % PHONES;
		open_phone(way, n);
		batch = (struct batch){ .phone = &phones[way][n], .n = HELD, .size = 400,
			.outside_cseq = batch.outside_cseq };
		begin_calls(&batch);
		for (s = 0; s < STEPS && way; s++)
			if (!(steps[s].kind & ALWAYS) && s <= LAST_OF_SETUP)
				go(&batch, &steps[s]);
		for (s = 0; s < HELD; s++)
			batch.call[s].cseq = 1;
		hold(&batch, way, n);
	}
}

/* HELD of the calls that some phone holds, far from each other, for the next batch */
static unsigned int pick(unsigned int way, unsigned int level, unsigned int first[])
{
	unsigned int in_use = level / HELD < PHONES ? level / HELD : PHONES;
	unsigned int n = random() % in_use, i;
	unsigned int calls = held[way][n].calls, from = random() % calls;

	batch.phone = &phones[way][n];
	batch.n = HELD;
	batch.tcp = false;
	batch.size = 740;
	for (i = 0; i < HELD; i++) {
		first[i] = (from + i * (calls / HELD)) % calls;
		batch.call[i] = held[way][n].call[first[i]];
	}
	return n;
}

static void scale_round(unsigned int level, unsigned int batches, unsigned int round)
{
	struct label label = { "scale", "udp", 740, level, 0 };
	unsigned int i, turn, way, n, k, from[HELD];

	for (i = 0; i < batches; i++) {
		for (turn = 0; turn < ways; turn++) {
			way = way_of(turn, i + round);
			n = pick(way, level, from);
			run_batch(&batch, IN_DIALOG, way, i);
			for (k = 0; k < HELD; k++)
				held[way][n].call[from[k]] = batch.call[k];
			begin_calls(&batch);
			run_batch(&batch, CALL, way, i);
		}
	}
	print_steps(&label, round, batches);
}

static void scale(unsigned int rounds, unsigned int batches, char **levels)
{
	unsigned int way, round, level, have = 0;
	uint64_t start;

	for (; *levels; levels++, have = level) {
		level = atoi(*levels);
		for (way = 0; way < ways; way++) {
			start = now_ns();
			hold_calls(way, have, level);
			printf("# %s: %u calls held, %.1f s\n", way_name[way], level,
			       (now_ns() - start) / 1e9);
		}
		for (round = 0; round <= rounds; round++)
			scale_round(level, batches, round);
	}
}

/* --- media ------------------------------------------------------------------------------ */

struct media {
	int phone, provider;
	struct sockaddr_in seen;	/* the phone, as the provider knows it */
};

static void open_media(struct media *m, unsigned int way)
{
	unsigned int s, port, there = 0;
	char *line;

	open_phone(way, 0);
	phones[way][0].calls += way;	/* a port of its own at the provider */
	batch = (struct batch){ .phone = &phones[way][0], .n = 1, .size = 740 };
	begin_calls(&batch);
	port = media_port(&batch.call[0]);
	for (s = 0; s <= LAST_OF_SETUP; s++) {
		if (steps[s].kind & ALWAYS)
			continue;
		go(&batch, &steps[s]);
		line = strstr(heard[0].text, "m=audio ");
		if (line)
			there = atoi(line + 8);
	}
	m->provider = bound("wan", SOCK_DGRAM, PROVIDER, there);
	m->phone = connected(SOCK_DGRAM, phones[way][0].address, port, there);
}

static double go_media(struct media *m, bool out)
{
	unsigned int i, n;
	bool late;
	double ns;

	for (i = 0; i < BATCH; i++)
		put(i, text[i], RTP_BYTES, out ? NULL : &m->seen);
	ns = send_batch(out ? m->phone : m->provider, BATCH);
	n = hear_datagrams(out ? m->provider : m->phone, BATCH, &late);
	if (n != BATCH)
		fail("media %s: %u of %u came through", out ? "out" : "in", n, BATCH);
	if (out)
		m->seen = heard[0].from;
	return late ? NAN : ns;
}

static void media(unsigned int rounds, unsigned int batches, const char *name)
{
	struct label label = { name, "udp", RTP_BYTES, 0, 0 };
	unsigned int way, round, i, turn;
	struct media m[WAYS];

	for (way = 0; way < ways; way++)
		open_media(&m[way], way);
	for (round = 0; round <= rounds; round++) {
		for (i = 0; i < batches; i++) {
			for (turn = 0; turn < ways; turn++) {
				way = way_of(turn, i + round);
				result[way][0][i] = go_media(&m[way], true);
				result[way][1][i] = go_media(&m[way], false);
			}
		}
		weigh_idle(&label);
		for (way = 0; way < ways && round; way++) {
			print_round(&label, "out", way_name[way], round,
				    middle(result[way][0], batches));
			print_round(&label, "in", way_name[way], round,
				    middle(result[way][1], batches));
		}
	}
}

/* --- floods ------------------------------------------------------------------------------- */

/* nobody waits for what is refused: after a rest the next batch would be slower */
static double go_flood(unsigned int way, unsigned int *came)
{
	bool refused = way;
	unsigned int i, n;
	bool late;
	double ns;

	batch.phone = &phones[way][0];
	for (i = 0; i < batch.n; i++) {
		batch.call[i].phone = batch.phone->address;
		write_batch(&batch, &steps[0], i);
	}
	batch.outside_cseq++;
	ns = send_batch(batch.phone->udp, batch.n);
	n = hear_datagrams(provider, refused ? 0 : batch.n, &late);
	while (recv(provider, text[0], 1, MSG_DONTWAIT) >= 0)
		n++;
	*came += n;
	return late || (refused && n) ? NAN : ns;
}

static void flood(unsigned int rounds, unsigned int batches, const char *name, unsigned int refusing)
{
	struct label label = { name, "udp", 740, 0, 0 };
	unsigned int round, i, turn, way, came[WAYS] = { };

	open_phone(0, 0);
	open_phone(refusing, 0);
	batch = (struct batch){ .n = BATCH, .size = 740, .outside_cseq = 1 };
	for (round = 0; round <= rounds; round++) {
		for (i = 0; i < batches; i++) {
			for (turn = 0; turn < 2; turn++) {
				way = (turn + i + round) % 2 * refusing;
				result[way][0][i] = go_flood(way, &came[way]);
			}
		}
		weigh_idle(&label);
		for (way = 0; way <= refusing && round; way += refusing)
			print_round(&label, "OPTIONS", way_name[way], round,
				    middle(result[way][0], batches));
	}
	printf("# %u refusable of the plain way came through, %u of %s, of %u each\n", came[0],
	       came[refusing], way_name[refusing], (rounds + 1) * batches * BATCH);
}

/* --- what no helper looks at ----------------------------------------------------------------- */

static void bulk(unsigned int round, unsigned int batches, const char *name)
{
	struct label tcp = { "bulk", "tcp", BULK, 0, 0 }, udp = { "bulk", "udp", 740, 0, 0 };
	int door = bound("wan", SOCK_STREAM, PROVIDER, BULK_PORT), other, in, out, from;
	static char data[BULK];
	ssize_t got, have;
	unsigned int i, k;
	bool late;

	if (listen(door, 1))
		fail("listen");
	open_phone(0, 0);
	out = connected(SOCK_STREAM, phones[0][0].address, 0, BULK_PORT);
	in = accept(door, NULL, NULL);
	other = bound("wan", SOCK_DGRAM, PROVIDER, BULK_PORT);
	from = connected(SOCK_DGRAM, phones[0][0].address, 0, BULK_PORT);
	for (i = 0; i < batches; i++) {
		for (k = 0; k < BULKS; k++)
			put(k, data, BULK, NULL);
		result[0][0][i] = send_batch(out, BULKS);
		for (have = 0; have < BULKS * BULK; have += got) {
			got = recv(in, data, sizeof(data), 0);
			if (got <= 0)
				fail("recv");
		}
	}
	weigh_idle(&tcp);
	print_round(&tcp, "bulk", name, round, middle(result[0][0], batches));
	for (i = 0; i < batches; i++) {
		for (k = 0; k < BATCH; k++)
			put(k, data, 740, NULL);
		result[0][1][i] = send_batch(from, BATCH);
		if (hear_datagrams(other, BATCH, &late) != BATCH)
			fail("datagrams");
		if (late)
			result[0][1][i] = NAN;
	}
	weigh_idle(&udp);
	print_round(&udp, "other", name, round, middle(result[0][1], batches));
}

/* --- two processors ---------------------------------------------------------------------- */

/* each has phones and a provider of its own, and does what it is told */
static struct worker {
	int orders, results;
} workers[PROCESSORS];

struct slice {
	double messages, ns;
};

/* calls of one way for a while: only what nobody else did for us counts */
static struct slice work(unsigned int way, unsigned int cpu, unsigned int batches)
{
	struct slice slice = { };
	unsigned int i, s;

	batch = (struct batch){ .phone = &phones[way][cpu], .n = BATCH, .size = 740,
		.outside_cseq = batch.outside_cseq };
	for (i = 0; i < batches; i++) {
		begin_calls(&batch);
		run_batch(&batch, WHOLE, way, 0);
		for (s = 0; s < STEPS; s++) {
			if (isnan(result[way][s][0]))
				continue;
			slice.messages += BATCH;
			slice.ns += BATCH * result[way][s][0];
		}
	}
	return slice;
}

static void work_as_told(unsigned int cpu, unsigned int batches)
{
	struct worker *self = &workers[cpu];
	unsigned char way;
	struct slice slice;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("processor %u", cpu);
	provider_address = provider_addresses[cpu];
	provider = bound("wan", SOCK_DGRAM, provider_address, SIP_PORT);
	for (way = 0; way < ways; way++)
		open_phone(way, cpu);
	while (read(self->orders, &way, 1) == 1) {
		slice = work(way, cpu, batches);
		if (write(self->results, &slice, sizeof(slice)) != sizeof(slice))
			fail("write");
	}
	exit(0);
}

static void hire(unsigned int cpu, unsigned int batches)
{
	int orders[2], results[2];
	pid_t pid;

	if (pipe(orders) || pipe(results))
		fail("pipe");
	workers[cpu] = (struct worker){ orders[0], results[1] };
	pid = fork();
	if (pid < 0)
		fail("fork");
	if (!pid) {
		close(orders[1]);
		work_as_told(cpu, batches);
	}
	close(orders[0]);
	close(results[1]);
	workers[cpu] = (struct worker){ orders[1], results[0] };
}

/* messages in a nanosecond, of all processors of @mask, which work at once */
static double rate_of(unsigned int mask, unsigned char way)
{
	struct slice slice;
	unsigned int cpu;
	double rate = 0;

	for (cpu = 0; cpu < PROCESSORS; cpu++)
		if (mask & 1u << cpu && write(workers[cpu].orders, &way, 1) != 1)
			fail("processor %u", cpu);
	for (cpu = 0; cpu < PROCESSORS; cpu++) {
		if (!(mask & 1u << cpu))
			continue;
		if (read(workers[cpu].results, &slice, sizeof(slice)) != sizeof(slice))
			fail("processor %u", cpu);
		rate += slice.messages / slice.ns;
	}
	return rate;
}

/* LEVEL is how many processors work; the time is that from one message to the next one of any */
static void smp(unsigned int rounds, unsigned int batches, const char *only)
{
	struct label one = { "smp", "udp", 740, 1, 0 }, both = { "smp", "udp", 740, 2, 0 };
	unsigned int round, turn, way, cpu;

	close(provider);
	for (cpu = 0; cpu < PROCESSORS; cpu++)
		hire(cpu, batches);
	for (round = 0; round <= rounds; round++) {
		for (turn = 0; turn < ways; turn++) {
			double alone = 0, together;

			way = only ? (unsigned int)atoi(only) : way_of(turn, round);
			for (cpu = 0; cpu < PROCESSORS && !only; cpu++)
				alone += rate_of(1u << cpu, way) / PROCESSORS;
			together = rate_of((1u << PROCESSORS) - 1, way);
			if (round && !only)
				print_round(&one, "calls", way_name[way], round, 1 / alone);
			if (round)
				print_round(&both, "calls", way_name[way], round, 1 / together);
			if (only)
				break;
		}
	}
	for (cpu = 0; cpu < PROCESSORS; cpu++)
		close(workers[cpu].orders);
	while (wait(NULL) > 0)
		;
}

/* --- for a profiler --------------------------------------------------------------------- */

static void loop(unsigned int seconds, unsigned int way, const char *name)
{
	uint64_t end = now_ns() + seconds * 1000000000ull;
	bool options = !strcmp(name, "OPTIONS");
	unsigned int s;

	open_phone(way, 0);
	batch = (struct batch){ .phone = &phones[way][0], .n = BATCH, .size = 740 };
	while (now_ns() < end) {
		begin_calls(&batch);
		for (s = 0; s < STEPS; s++)
			if (options ? !s : !(steps[s].kind & ALWAYS))
				go(&batch, &steps[s]);
	}
}

int main(int argc, char **argv)
{
	struct rlimit files = { 4096, 4096 };
	unsigned int rounds = argc > 3 ? atoi(argv[2]) : 0, batches = argc > 3 ? atoi(argv[3]) : 0;
	const char *what = argc > 3 ? argv[1] : "";

	if (getenv("BENCH_WAYS"))
		ways = atoi(getenv("BENCH_WAYS"));
	setrlimit(RLIMIT_NOFILE, &files);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!rounds || batches > MAX_BATCHES || ways < 1 || ways > WAYS) {
		fprintf(stderr, "usage: path WHAT ROUNDS BATCHES [MORE...], see path.c\n");
		return 2;
	}
	provider = bound("wan", SOCK_DGRAM, PROVIDER, SIP_PORT);
	if (!strcmp(what, "rows"))
		rows(rounds, batches);
	else if (!strcmp(what, "scale"))
		scale(rounds, batches, argv + 4);
	else if (!strcmp(what, "flood") && argc > 5)
		flood(rounds, batches, argv[4], atoi(argv[5]));
	else if (!strcmp(what, "smp"))
		smp(rounds, batches, argv[4]);
	else if (!strcmp(what, "rtp") && argc > 4)
		media(rounds, batches, argv[4]);
	else if (!strcmp(what, "bulk") && argc > 4)
		bulk(rounds, batches, argv[4]);
	else if (!strcmp(what, "loop") && argc > 4)
		loop(rounds, batches, argv[4]);
	return 0;
}

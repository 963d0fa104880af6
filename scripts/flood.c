// SPDX-License-Identifier: GPL-2.0
/*
 * flood - makes more traffic than a script could, for the end-to-end cases; static, for the guest.
 *
 * flood send -t FILE -s SOURCE [-n SOURCES] -d ADDRESS -p PORTS ...	datagrams from any source address
 * flood slow -t FILE -s SOURCE -n CONNECTIONS -d ADDRESS -p PORT ...	TCP, a byte at a time on each
 * flood sink ADDRESS PORT						accepts TCP, reads and forgets
 * flood answer ADDRESS PORT STATUS					answers every request over UDP
 * flood storm ADDRESS PORT						answers an INVITE with STORM tags, 64 sections each
 *
 *	-t FILE	messages, in turn: each four bytes of length, most significant first, and its text, in which a
 *		run of % becomes random digits and a run of ^ the source's address, which must be as long
 *	-s, -n	first source, how many; their last two numbers are counted from there to there plus 99, then
 *		the second one goes up, so that all are equally long
 *	-q PORT	source port; 0, the default: any
 *	-p A,B	ports to send to, or A-B: any of these
 *	-r, -c, -T	packets (bytes) a second, 0: as many as can be; packets in all; seconds
 *	-w	of these seconds, those before the first packet
 *	-f N	bytes a fragment, default 1480; -x: the last fragment is never sent
 *	-b N	of slow: bytes at a time, default 1; with more the last byte of the message is never sent
 *
 * send and slow end with the line "sent NUMBER in SECONDS s", slow with "connections NUMBER" before it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_TEMPLATES = 4096,
	MAX_RUNS = 64,
	MAX_PORTS = 1024,
	MAX_TEXT = 65507,
	BATCH = 32,
	FULL_FRAGMENT = 1480,
	EVENTS = 64,
	STORM = 200,
	SECTIONS = 64,
};

struct run {
	unsigned int off, len;
	char kind;
};

struct template {
	char *text;
	unsigned int len, runs;
	struct run run[MAX_RUNS];
};

static struct template template[MAX_TEMPLATES];
static unsigned int templates;
static in_addr_t source, target;
static unsigned long sources = 1, rate, count = -1ul;
static unsigned int fragment = FULL_FRAGMENT, seconds = 10, source_port, unfinished, chunk = 1, pause_s;
static uint16_t port[MAX_PORTS];
static unsigned int ports, any_from, any_to;
static volatile sig_atomic_t over;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint32_t any(void)
{
	static uint64_t x = 88172645463325252ull;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return x >> 16;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void stop(int signal)
{
	(void)signal;
	over = 1;
}

/* --- messages ------------------------------------------------------------------ */

static void find_runs(struct template *t)
{
	unsigned int i = 0, from;

	while (i < t->len && t->runs < MAX_RUNS) {
		from = i++;
		if (t->text[from] != '%' && t->text[from] != '^')
			continue;
		while (i < t->len && t->text[i] == t->text[from])
			i++;
		if (i - from >= 4)
			t->run[t->runs++] = (struct run){ from, i - from, t->text[from] };
	}
}

static void read_templates(const char *name)
{
	FILE *f = fopen(name, "rb");
	uint32_t len;

	if (!f)
		die(name);
	while (templates < MAX_TEMPLATES && fread(&len, 4, 1, f) == 1) {
		struct template *t = &template[templates++];

		t->len = ntohl(len);
		t->text = malloc(t->len + 1);
		if (t->len > MAX_TEXT || !t->text || fread(t->text, 1, t->len, f) != t->len) {
			fprintf(stderr, "%s: not a file of messages\n", name);
			exit(1);
		}
		find_runs(t);
	}
	fclose(f);
}

static void fill(struct template *t, const char *from)
{
	static const char digit[] = "0123456789abcdef";
	unsigned int i, j;

	for (i = 0; i < t->runs; i++) {
		struct run *r = &t->run[i];
		uint32_t bits = 0;

		if (r->kind == '^' && strlen(from) == r->len) {
			memcpy(t->text + r->off, from, r->len);
			continue;
		}
		for (j = 0; r->kind == '%' && j < r->len; j++, bits >>= 4) {
			if (j % 8 == 0)
				bits = any();
			t->text[r->off + j] = digit[bits & 15];
		}
	}
}

static in_addr_t nth_source(unsigned long i)
{
	return htonl(ntohl(source) + (i / 10000 << 16) + (i / 100 % 100 << 8) + i % 100);
}

static uint16_t any_port(void)
{
	return ports ? port[any() % ports] : any_from + any() % (any_to - any_from + 1);
}

/* --- packets ------------------------------------------------------------------- */

static uint32_t sum(const void *data, unsigned int len, uint32_t so_far)
{
	const uint8_t *p = data;
	uint64_t total = so_far;
	uint16_t word;

	for (; len > 1; len -= 2, p += 2) {
		memcpy(&word, p, 2);
		total += word;
	}
	if (len)
		total += htons(*p << 8);
	while (total >> 16)
		total = (total & 0xffff) + (total >> 16);
	return total;
}

struct packet {
	struct iphdr ip;
	uint8_t body[FULL_FRAGMENT];
} __attribute__((packed));

static struct packet packet[BATCH];
static struct iovec vec[BATCH];
static struct mmsghdr mmsg[BATCH];
static struct sockaddr_in to = { .sin_family = AF_INET };
static unsigned int queued;

static void send_queued(int fd)
{
	unsigned int done = 0;
	int n;

	while (done < queued) {
		n = sendmmsg(fd, mmsg + done, queued - done, 0);
		if (n > 0)
			done += n;
		else if (errno == ENOBUFS || errno == EAGAIN || errno == EPERM)
			done++;
		else if (errno != EINTR)
			die("sendmmsg");
	}
	queued = 0;
}

/* one datagram, in as many fragments as it needs; how many */
static unsigned int queue_datagram(int fd, const uint8_t *data, unsigned int len, in_addr_t from)
{
	uint16_t id = any() | 1;
	unsigned int off, n, sent = 0;

	for (off = 0; off < len; off += n) {
		struct packet *p = &packet[queued];
		int more;

		n = len - off < fragment ? len - off : fragment;
		more = off + n < len;
		if (unfinished && !more && off)
			break;
		p->ip = (struct iphdr){
			.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .id = id,
			.saddr = from, .daddr = target,
			.frag_off = htons(off / 8 | (more ? 0x2000 : 0)),
		};
		memcpy(p->body, data + off, n);
		vec[queued] = (struct iovec){ p, sizeof(p->ip) + n };
		mmsg[queued].msg_hdr = (struct msghdr){ .msg_name = &to, .msg_namelen = sizeof(to),
			.msg_iov = &vec[queued], .msg_iovlen = 1 };
		if (++queued == BATCH)
			send_queued(fd);
		sent++;
	}
	return sent;
}

static unsigned int queue_message(int fd, struct template *t)
{
	static uint8_t data[sizeof(struct udphdr) + MAX_TEXT];
	struct udphdr *udp = (struct udphdr *)data;
	in_addr_t from = nth_source(sources > 1 ? any() % sources : 0);
	unsigned int len = sizeof(*udp) + t->len;
	uint32_t pseudo;

	fill(t, inet_ntoa((struct in_addr){ from }));
	memcpy(udp + 1, t->text, t->len);
	*udp = (struct udphdr){ .dest = htons(any_port()), .len = htons(len),
		.source = htons(source_port ? source_port : 1024 + any() % 64512) };
	pseudo = sum(&from, 4, sum(&target, 4, htons(IPPROTO_UDP) + htons(len)));
	udp->check = ~sum(data, len, pseudo);
	if (!udp->check)
		udp->check = 0xffff;
	return queue_datagram(fd, data, len, from);
}

static int send_datagrams(void)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW), size = 1 << 22;
	double start = now(), t = start;
	unsigned long sent = 0, i;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	to.sin_addr.s_addr = target;
	for (i = 0; !over && sent < count && t - start < seconds; i++) {
		sent += queue_message(fd, &template[i % templates]);
		if (i % BATCH && !(rate && sent > rate * (t - start)))
			continue;
		t = now();
		if (rate && sent > rate * (t - start)) {
			send_queued(fd);
			usleep(1e6 * (sent / (double)rate - (t - start)) + 1);
			t = now();
		}
	}
	send_queued(fd);
	printf("sent %lu in %.3f s\n", sent, now() - start);
	return 0;
}

/* --- TCP ------------------------------------------------------------------------- */

static int connect_from(in_addr_t from)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = from };
	struct sockaddr_in there = { .sin_family = AF_INET, .sin_addr.s_addr = target,
		.sin_port = htons(any_port()) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)))
		die("bind");
	if (connect(fd, (struct sockaddr *)&there, sizeof(there)) && errno != EINPROGRESS)
		die("connect");
	return fd;
}

/* How much of @m a connection that is at @off sends now. */
static unsigned int part_of(const struct template *m, unsigned int off)
{
	unsigned int left = m->len - (chunk > 1) - off;

	return left < chunk ? left : chunk;
}

static int send_slowly(void)
{
	unsigned int *off = calloc(sources, sizeof(*off)), i, up = 0;
	int *fd = calloc(sources, sizeof(*fd));
	double start = now(), t = start;
	unsigned long sent = 0, turn;

	if (!off || !fd)
		die("calloc");
	fill(&template[0], "");
	for (i = 0; i < sources; i++)
		fd[i] = connect_from(nth_source(i));
	for (turn = 0; !over && sent < count && t - start < seconds; turn++) {
		struct template *m = &template[0];
		unsigned int part;
		ssize_t n;

		i = turn % sources;
		part = part_of(m, off[i]);
		n = part ? send(fd[i], m->text + off[i], part, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
		if (n > 0) {
			off[i] = (off[i] + n) % m->len;
			sent += n;
		} else if (chunk > 1) {
			usleep(1000);
		}
		if (turn % BATCH == 0)
			t = now();
		if (rate && sent > rate * (t - start))
			usleep(1e6 * (sent / (double)rate - (t - start)) + 1);
	}
	for (i = 0, up = 0; i < sources; i++) {
		struct tcp_info info;
		socklen_t len = sizeof(info);

		up += !getsockopt(fd[i], IPPROTO_TCP, TCP_INFO, &info, &len) && info.tcpi_state == TCP_ESTABLISHED;
	}
	printf("connections %u\nsent %lu in %.3f s\n", up, sent, now() - start);
	return 0;
}

static int bound(char **v, int type)
{
	struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(atoi(v[1])) };
	int fd = socket(AF_INET, type, 0), one = 1, size = 1 << 24;

	if (fd < 0 || !inet_aton(v[0], &here.sin_addr))
		die(v[0]);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)))
		die("bind");
	return fd;
}

static int sink(char **v)
{
	int door = bound(v, SOCK_STREAM), poll = epoll_create1(0), i, n;
	struct epoll_event e = { .events = EPOLLIN, .data.fd = door }, event[EVENTS];
	static char forget[65536];

	if (listen(door, 4096) || epoll_ctl(poll, EPOLL_CTL_ADD, door, &e))
		die("listen");
	while (!over) {
		n = epoll_wait(poll, event, EVENTS, -1);
		for (i = 0; i < n; i++) {
			int fd = event[i].data.fd;

			if (fd == door) {
				e.data.fd = accept(door, NULL, NULL);
				if (e.data.fd >= 0)
					epoll_ctl(poll, EPOLL_CTL_ADD, e.data.fd, &e);
			} else if (read(fd, forget, sizeof(forget)) <= 0) {
				close(fd);
			}
		}
	}
	return 0;
}

/* --- answers ----------------------------------------------------------------------- */

/* the header lines that an answer repeats; To gets a tag */
static unsigned int copy_headers(char *out, const char *request)
{
	static const char *const wanted[] = { "Via:", "From:", "To:", "Call-ID:", "CSeq:" };
	const char *line, *end;
	unsigned int i, len = 0;

	for (line = strstr(request, "\r\n"); line; line = end) {
		line += 2;
		end = strstr(line, "\r\n");
		if (!end || end == line)
			break;
		for (i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
			if (strncmp(line, wanted[i], strlen(wanted[i])) || len + (end - line) > 4096)
				continue;
			len += sprintf(out + len, "%.*s%s\r\n", (int)(end - line), line,
				       *line == 'T' && !memmem(line, end - line, ";tag=", 5) ? ";tag=answer" : "");
		}
	}
	return len;
}

static int answer(char **v)
{
	int fd = bound(v, SOCK_DGRAM);
	static char request[65536], response[16384];
	struct sockaddr_in from;
	socklen_t size;
	ssize_t n;
	int len;

	while (!over) {
		size = sizeof(from);
		n = recvfrom(fd, request, sizeof(request) - 1, 0, (struct sockaddr *)&from, &size);
		if (n <= 0 || !strncmp(request, "SIP/", 4) || !strncmp(request, "ACK ", 4))
			continue;
		request[n] = 0;
		len = sprintf(response, "SIP/2.0 %s Answer\r\n", v[2]);
		len += copy_headers(response + len, request);
		len += sprintf(response + len, "Content-Length: 0\r\n\r\n");
		sendto(fd, response, len, 0, (struct sockaddr *)&from, size);
	}
	return 0;
}

/* Each INVITE rings at STORM places, and each of these offers media of its own. */
static int storm(char **v)
{
	int fd = bound(v, SOCK_DGRAM), len, body, i, j;
	static char request[65536], response[16384], sdp[8192];
	struct sockaddr_in from;
	socklen_t size;
	ssize_t n;

	while (!over) {
		size = sizeof(from);
		n = recvfrom(fd, request, sizeof(request) - 1, 0, (struct sockaddr *)&from, &size);
		if (n <= 0 || strncmp(request, "INVITE ", 7))
			continue;
		request[n] = 0;
		for (i = 0; i < STORM && !over; i++) {
			char *tag;

			body = sprintf(sdp, "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n", v[0], v[0]);
			for (j = 0; j < SECTIONS; j++)
				body += sprintf(sdp + body, "m=audio %u RTP/AVP 0\r\n", 1024 + (any() & 0xfffe) % 60000);
			len = sprintf(response, "SIP/2.0 183 Progress\r\n");
			len += copy_headers(response + len, request);
			tag = strstr(response, ";tag=answer");
			for (j = 0; tag && j < 6; j++)
				tag[5 + j] = 'a' + any() % 26;
			len += sprintf(response + len, "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s", body, sdp);
			sendto(fd, response, len, 0, (struct sockaddr *)&from, size);
		}
	}
	return 0;
}

/* --- the command line ---------------------------------------------------------------- */

static void read_ports(char *text)
{
	char *part;

	if (sscanf(text, "%u-%u", &any_from, &any_to) == 2)
		return;
	for (part = strtok(text, ","); part && ports < MAX_PORTS; part = strtok(NULL, ","))
		port[ports++] = atoi(part);
}

static in_addr_t address(const char *text)
{
	struct in_addr a;

	if (!inet_aton(text, &a)) {
		fprintf(stderr, "%s: not an address\n", text);
		exit(1);
	}
	return a.s_addr;
}

static int read_options(int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "t:s:n:d:p:q:r:c:T:f:b:w:x")) != -1) {
		switch (c) {
		case 't': read_templates(optarg); break;
		case 's': source = address(optarg); break;
		case 'n': sources = strtoul(optarg, NULL, 10); break;
		case 'd': target = address(optarg); break;
		case 'p': read_ports(optarg); break;
		case 'q': source_port = atoi(optarg); break;
		case 'r': rate = strtoul(optarg, NULL, 10); break;
		case 'c': count = strtoul(optarg, NULL, 10); break;
		case 'T': seconds = atoi(optarg); break;
		case 'f': fragment = atoi(optarg) & ~7; break;
		case 'w': pause_s = atoi(optarg); break;
		case 'b': chunk = atoi(optarg); break;
		case 'x': unfinished = 1; break;
		default: return -1;
		}
	}
	return templates && source && target && (ports || any_to) && sources && chunk &&
		fragment && fragment <= FULL_FRAGMENT ? 0 : -1;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 16384, 16384 };
	struct sigaction end = { .sa_handler = stop };

	sigaction(SIGTERM, &end, NULL);
	sigaction(SIGINT, &end, NULL);
	setrlimit(RLIMIT_NOFILE, &files);
	if (argc == 4 && !strcmp(argv[1], "sink"))
		return sink(argv + 2);
	if (argc == 4 && !strcmp(argv[1], "storm"))
		return storm(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "answer"))
		return answer(argv + 2);
	if (argc > 2 && !read_options(argc - 1, argv + 1)) {
		sleep(pause_s);
		seconds -= pause_s;
		if (!strcmp(argv[1], "send"))
			return send_datagrams();
		if (!strcmp(argv[1], "slow"))
			return send_slowly();
	}
	fprintf(stderr, "usage: flood send|slow -t FILE -s SOURCE -d ADDRESS -p PORTS [-n -q -r -c -T -f -b -w -x]\n"
		"       flood sink|storm ADDRESS PORT\n       flood answer ADDRESS PORT STATUS\n");
	return 2;
}

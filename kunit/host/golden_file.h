/* SPDX-License-Identifier: GPL-2.0 */
/*
 * golden_file: a golden file, read.
 *
 * A file has lines "## why", lines "@ key: value" that set the scene, then after
 * "----" the message in and after another "----" the message out.  Lines of a
 * message end with LF in the file and with CRLF in the message; "*" in a
 * Content-Length is the length of the body below it.  Keys:
 *
 *	self, self-mapped, peer, peer-real	address:port
 *	published	yes: peer was registered as a Contact; URI: it is the Contact of a dialog
 *	memo		unseen | foreign | no-port N | port N
 *	contact		no-port N | port N	how what was published stood in the Contact
 *	media I		ADDRESS PORT [RTCP]	what section I becomes
 *	hide		ADDRESS ADDRESS		instead of self and self-mapped, for SDP
 *	fault		not_sip, too_many_edits, or a name of SIP_FAULTS: comes out as it went in
 *	left		names of SIP_LEFTS, in their order: what stays as it is; else nothing does
 *	strict		not_sip, or a name of SIP_FAULTS: what is left is that with strict=1
 *	acts		no: the message opens and closes nothing
 *	eol		lf: the body's lines end with LF
 *	final-eol	no: the body's last line has no end
 *	raw		yes: the message's bytes are written \r \n \t \0 \\ \xHH; line ends in the
 *			file mean nothing
 */
#ifndef _HOST_GOLDEN_FILE_H
#define _HOST_GOLDEN_FILE_H

#include <stddef.h>

#include "world.h"

enum { GOLDEN_ROOM = SIP_MAX_MESSAGE + SIP_MAX_GROWTH };

/**
 * struct golden - what a file says
 * @path: the file
 * @scene: what its keys set
 * @fault: the fault that is expected; NULL: none
 * @left: names of what is left, blanks between them; NULL: nothing
 * @strict: the name of what that is with strict=1; NULL: nothing is left
 * @is_passive: the message opens nothing
 * @lf: the body's lines end with LF
 * @no_final_eol: its last line has no end
 * @raw: the message is written byte by byte
 * @in: the message in, with GOLDEN_ROOM bytes of room, and @in_len
 * @want: the message out, likewise, and @want_len
 */
struct golden {
	const char *path;
	struct scene scene;
	const char *fault;
	const char *left;
	const char *strict;
	bool is_passive;
	bool lf;
	bool no_final_eol;
	bool raw;
	char *in, *want;
	size_t in_len, want_len;
};

/* Reads @path; ends the program where that is no golden file.  golden_free() gives @g back. */
void golden_read(struct golden *g, const char *path);
void golden_free(struct golden *g);

#endif /* _HOST_GOLDEN_FILE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_stream: where one message of a byte stream ends and the next begins.
 *
 * A reader stands at the start of a message and says of the bytes after it whether
 * they are a keep-alive, a message, not SIP, or not all there yet.  It never looks
 * for a start: the next message begins where Content-Length says that this one ends
 * (SECURITY S3).  If the end of a message is not certain, the stream is not read
 * any more.  While bytes come in one by one it remembers how far it has
 * read, so that no byte is read twice.
 *
 * Framing asks less of a message than sip_parse() does: one that is broken within
 * its bounds passes, and the stream goes on after it.
 *
 * What a start line must be depends on the stream.  One that has not been SIP in both
 * directions may be anything that was made to look like SIP (slipstreaming): its start lines
 * are taken literally, single blanks, a Request-URI that can be read, CRLF.  Where both ends have
 * sent a message they speak SIP, and one odd line of theirs ends nothing: a start line is what
 * sip_parse_start() takes, and a header may hold a bare LF.  The end of a message must still be
 * certain.  An empty line, or a Content-Length, that only a reader sees which accepts a bare LF is
 * a framing error in any stream, and so is a line of CRs.
 */
#ifndef _SIP_STREAM_H
#define _SIP_STREAM_H

#include <linux/types.h>
#include "sip_limits.h"
#include "sip_parse.h"

/**
 * struct sip_frame - how far the unit at hand was read
 * @at: bytes that need not be read again
 * @header: where the header that is not yet complete begins; 0: the start line is not complete
 * @total: bytes of the message; 0: not known yet
 * @length: value of Content-Length
 * @has_length: whether it was there
 * @is_keepalive: the unit that was found last is no message but CRLFs
 * @is_known: by the caller: both ends have sent a message of SIP
 * @after_lf: the line before @header ended with LF alone
 */
struct sip_frame {
	u32 at;
	u32 header;
	u32 total;
	u32 length;
	bool has_length;
	bool is_keepalive;
	bool is_known;
	bool after_lf;
};

/**
 * sip_frame_init() - stand at the start of a unit
 * @frame: the frame; @is_known of it is cleared, too
 *
 * Context: any; no lock, no allocation.
 */
static inline void sip_frame_init(struct sip_frame *frame)
{
	*frame = (struct sip_frame){};
}

/**
 * sip_frame_next() - the unit at the start of a text
 * @frame: fresh, or as it was left when fewer bytes of the same unit were there
 * @text: begins where the unit begins
 * @msg: room to check a start line; its content means nothing afterwards
 *
 * A unit is a run of CRLFs (RFC 3261 7.5, RFC 5626 4.4.1) or a message with its body
 * (RFC 3261 18.3).  The length of a message is given by Content-Length, all of
 * it digits (SECURITY S6).  The start line must be SIP's, from its first byte on.
 *
 * Context: any; no lock, no allocation.
 * Return: bytes of the unit, and @frame is fresh but for @is_keepalive and @is_known; 0 where
 * more are needed; -ENOMSG where no SIP message can begin with these bytes; -EBADMSG where
 * one does, but it is not sure where it ends, or it is over SIP_MAX_MESSAGE.
 */
int sip_frame_next(struct sip_frame *frame, const struct sip_text *text, struct sip_msg *msg);

/**
 * sip_frame_word() - the bytes of a start line that no translation changes
 * @text: begins where a message may begin
 *
 * Return: bytes of the method, or of what may become one.
 */
u32 sip_frame_word(const struct sip_text *text);

#endif /* _SIP_STREAM_H */

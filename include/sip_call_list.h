/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_call_list: /proc/net/sipalg/calls.
 */
#ifndef _SIP_CALL_LIST_H
#define _SIP_CALL_LIST_H

#include <linux/types.h>

struct seq_operations;

extern const struct seq_operations sip_call_seq_ops;

/* size of the private state of sip_call_seq_ops */
size_t sip_call_seq_size(void);

#endif /* _SIP_CALL_LIST_H */

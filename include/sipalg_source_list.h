/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_source_list: /proc/net/sipalg/sources.
 */
#ifndef _SIPALG_SOURCE_LIST_H
#define _SIPALG_SOURCE_LIST_H

struct seq_operations;

/* The operations of the file.  Its private state is struct seq_net_private. */
extern const struct seq_operations sipalg_source_seq_ops;

#endif /* _SIPALG_SOURCE_LIST_H */

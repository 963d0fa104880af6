/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_call_list: /proc/net/sipalg/calls.
 */
#ifndef _SIPALG_CALL_LIST_H
#define _SIPALG_CALL_LIST_H

#include <linux/types.h>

struct seq_operations;

/* The operations of the file.  Its private state has sipalg_call_seq_size() bytes. */
extern const struct seq_operations sipalg_call_seq_ops;

/**
 * sipalg_call_seq_size() - size of the private state of sipalg_call_seq_ops
 *
 * Context: any.
 * Return: size in bytes.
 */
size_t sipalg_call_seq_size(void);

#endif /* _SIPALG_CALL_LIST_H */

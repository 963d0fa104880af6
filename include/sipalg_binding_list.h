/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_binding_list: /proc/net/sipalg/bindings.
 */
#ifndef _SIPALG_BINDING_LIST_H
#define _SIPALG_BINDING_LIST_H

#include <linux/types.h>

struct seq_operations;

/* The operations of the file.  Its private state has sipalg_binding_seq_size() bytes. */
extern const struct seq_operations sipalg_binding_seq_ops;

/**
 * sipalg_binding_seq_size() - size of the private state of sipalg_binding_seq_ops
 *
 * Context: any.
 * Return: size in bytes.
 */
size_t sipalg_binding_seq_size(void);

#endif /* _SIPALG_BINDING_LIST_H */

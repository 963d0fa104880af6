/* SPDX-License-Identifier: GPL-2.0 */
/* As much of the kernel's doubly linked list as the TCP unit uses. */
#ifndef _HOST_LINUX_LIST_H
#define _HOST_LINUX_LIST_H

#include <stddef.h>
#include <stdbool.h>

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_add_tail(struct list_head *node, struct list_head *list)
{
	node->prev = list->prev;
	node->next = list;
	list->prev->next = node;
	list->prev = node;
}

static inline void list_del(struct list_head *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->next = NULL;
	node->prev = NULL;
}

#define list_entry(p, type, member)	((type *)((char *)(p) - offsetof(type, member)))

#define list_for_each_entry(pos, list, member)						\
	for (pos = list_entry((list)->next, typeof(*pos), member);			\
	     &pos->member != (list);							\
	     pos = list_entry(pos->member.next, typeof(*pos), member))

#define list_for_each_entry_reverse(pos, list, member)					\
	for (pos = list_entry((list)->prev, typeof(*pos), member);			\
	     &pos->member != (list);							\
	     pos = list_entry(pos->member.prev, typeof(*pos), member))

#define list_for_each_entry_safe(pos, tmp, list, member)				\
	for (pos = list_entry((list)->next, typeof(*pos), member),			\
	     tmp = list_entry(pos->member.next, typeof(*pos), member);			\
	     &pos->member != (list);							\
	     pos = tmp, tmp = list_entry(tmp->member.next, typeof(*pos), member))

#endif /* _HOST_LINUX_LIST_H */

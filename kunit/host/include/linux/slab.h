/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HOST_LINUX_SLAB_H
#define _HOST_LINUX_SLAB_H

#include <stdlib.h>

typedef unsigned int gfp_t;

#define GFP_KERNEL 0u
#define GFP_ATOMIC 1u
#define __GFP_NOWARN 2u

/* A test that wants allocations to fail sets how many succeed before; negative: all. */
extern int host_allocs_left;

static inline void *krealloc(void *p, size_t size, gfp_t gfp)
{
	(void)gfp;
	if (!host_allocs_left)
		return NULL;
	host_allocs_left -= host_allocs_left > 0;
	return realloc(p, size);
}

static inline void *kmalloc(size_t size, gfp_t gfp)
{
	return krealloc(NULL, size, gfp);
}

static inline void *kmalloc_array(size_t n, size_t size, gfp_t gfp)
{
	return kmalloc(n * size, gfp);
}

static inline void kfree(void *p)
{
	free(p);
}

#endif /* _HOST_LINUX_SLAB_H */

/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HOST_LINUX_SLAB_H
#define _HOST_LINUX_SLAB_H

typedef unsigned int gfp_t;

#define GFP_KERNEL 0u

#endif /* _HOST_LINUX_SLAB_H */

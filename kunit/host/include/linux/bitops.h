/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HOST_LINUX_BITOPS_H
#define _HOST_LINUX_BITOPS_H

#define __ffs64(x)	((unsigned long)__builtin_ctzll(x))

#endif /* _HOST_LINUX_BITOPS_H */

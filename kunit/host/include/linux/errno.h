/* SPDX-License-Identifier: GPL-2.0 */
/* glibc's errno.h includes <linux/errno.h> itself, so this one leads straight to the numbers. */
#include <asm/errno.h>

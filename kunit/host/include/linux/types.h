/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's integer names for the text core in user space. */
#ifndef _HOST_LINUX_TYPES_H
#define _HOST_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <asm/types.h>	/* the C library's own headers want these of us */

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
typedef u32 __le32;
typedef u64 __le64;

#define U8_MAX	UINT8_MAX
#define S32_MAX	INT32_MAX
#define U32_MAX	UINT32_MAX

#ifndef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#endif

#define __force
#define __packed	__attribute__((__packed__))

#endif /* _HOST_LINUX_TYPES_H */

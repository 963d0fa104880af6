/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _HOST_LINUX_MODULE_H
#define _HOST_LINUX_MODULE_H

#define MODULE_LICENSE(s)	_Static_assert(sizeof(s) > 1, "license")
#define MODULE_DESCRIPTION(s)	_Static_assert(sizeof(s) > 1, "description")

#endif /* _HOST_LINUX_MODULE_H */

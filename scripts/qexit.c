// SPDX-License-Identifier: GPL-2.0
/* qexit N: end the guest through QEMU's isa-debug-exit; QEMU's status is then N * 2 + 1. */
#include <stdlib.h>
#include <sys/io.h>

int main(int argc, char **argv)
{
	if (ioperm(0xf4, 1, 1))
		return 1;
	outb((argc > 1 ? atoi(argv[1]) : 1) & 127, 0xf4);
	return 0;
}

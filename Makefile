# SPDX-License-Identifier: GPL-2.0
# The kernel's own build reads Kbuild; this is for people.

KDIR ?= /lib/modules/$(shell uname -r)/build

all modules:
	@[ -e $(KDIR)/Makefile ] || { echo "no kernel headers at $(KDIR): install linux-headers-$$(uname -r), or give KDIR="; exit 2; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# Headers packages have no System.map, without which modules_install leaves depmod out. A kernel may want modules
# compressed, as that of Debian 13 does; where xz is missing they are installed as they are.
# The settings file is an example; one that is there is never overwritten. The rules are for reading.
install: modules
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install $(if $(shell command -v xz),,CONFIG_MODULE_COMPRESS_XZ=)
	PATH=$$PATH:/usr/sbin:/sbin depmod $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) \
		$$(cat $(KDIR)/include/config/kernel.release)
	install -D -m 644 scripts/sipalg.conf $(DESTDIR)/usr/share/doc/sipalg/modprobe.d/sipalg.conf
	install -D -m 644 -t $(DESTDIR)/usr/share/doc/sipalg/rules scripts/rules/sipalg.nft scripts/rules/sipalg.iptables
	[ -e $(DESTDIR)/etc/modprobe.d/sipalg.conf ] || \
		install -D -m 644 scripts/sipalg.conf $(DESTDIR)/etc/modprobe.d/sipalg.conf

clean:
	@[ ! -e $(KDIR)/Makefile ] || $(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -s -C kunit/host clean

demo:
	@scripts/demo.sh

# what a change is tried with: unit tests, golden files, the main cases on one kernel; some minutes
test:
	@scripts/test.sh --smoke

# what a build machine runs besides: KUnit, all corpora, the tagged cases on four kernels; half an hour and more
test-ci:
	@scripts/test.sh

# every end-to-end case on every kernel: about an hour and a half
test-all:
	@scripts/test.sh --all

# load, calls, unload and namespace ends under traffic, 300 rounds each, on the debug kernel
life:
	@scripts/life.sh uml

# every attack beside 200 calls, scanners, a thousand phones at once
flood:
	@scripts/flood.sh

# two routers with conntrackd, of which one dies
failover:
	@scripts/failover.sh

# what a message costs without a helper, with the in-tree one, with ours and with the build before: about ten minutes
bench:
	@scripts/bench.sh

# the same calls on one processor and on two, and the locks that they wait for; builds two kernels the first time
bench-smp:
	@scripts/bench-smp.sh

check:
	@scripts/check.sh

help:
	@sed 's/^	//' scripts/help.txt

.PHONY: all modules install clean demo test test-ci test-all life flood failover bench bench-smp check help

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# install.sh - make and make install, with a kernel tree that only writes down what it is asked for.
#
# usage: install.sh      in the top directory
#
# Prints a finding for each file that is not where it belongs.  A settings file that is there already must stay.
set -euo pipefail
tree=$PWD work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$PATH:/usr/sbin:/sbin
root=$work/root kernel=$work/kernel release=6.0-check
modules=(nf_conntrack_sipalg nf_nat_sipalg)

mkdir -p "$kernel/include/config" "$root"
echo $release > "$kernel/include/config/kernel.release"
cat > "$kernel/Makefile" << M
modules:
	@echo "\$(M)" > $work/built
modules_install: modules
	@mkdir -p \$(INSTALL_MOD_PATH)/lib/modules/$release/updates
	@for m in ${modules[*]}; do : > \$(INSTALL_MOD_PATH)/lib/modules/$release/updates/\$\$m.ko; done
M

run() { make -s -C "$tree" "KDIR=$kernel" "INSTALL_MOD_PATH=$root" "DESTDIR=$root" "$@" > "$work/said" 2>&1 || { cat "$work/said"; echo "Makefile:1: make $* failed"; }; }
run all
[ "$(cat "$work/built" 2> /dev/null)" = "$tree" ] || echo 'Makefile:1: make does not build the modules of this tree'
run install
for m in "${modules[@]}"; do
	[ -e "$root/lib/modules/$release/updates/$m.ko" ] || echo "Makefile:1: make install does not install $m"
done
for f in /etc/modprobe.d/sipalg.conf /usr/share/doc/sipalg/modprobe.d/sipalg.conf \
	/usr/share/doc/sipalg/rules/sipalg.nft /usr/share/doc/sipalg/rules/sipalg.iptables; do
	[ -s "$root$f" ] || echo "Makefile:1: make install does not install $f"
done
echo mine > "$root/etc/modprobe.d/sipalg.conf"
run install
[ "$(cat "$root/etc/modprobe.d/sipalg.conf")" = mine ] || echo 'Makefile:1: make install overwrites settings that are there'

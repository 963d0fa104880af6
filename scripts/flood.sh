#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# flood.sh - long proof against floods: every attack beside 200 calls, scanners, a thousand phones at once.
#
# usage: [SRC=DIR] flood.sh [6.1|6.12|7]      default: 6.12
#
# Prints a line of figures for each attack. FLOOD_SECONDS (default 20) of each, FLOOD_CALLS (200) held, FLOOD_RATE
# (8) new ones a second, FLOOD_ATTACKS: names, separated by ";" (default all; they stand in e2e/peers/floods.py).
# FLOOD_LIMITS=off: no limit is in force, to see what is lost then.
# Last line and status as of e2e.sh.
set -euo pipefail
. "$(dirname "$0")/env.sh"
export FLOOD_ATTACKS=${FLOOD_ATTACKS:-all} FLOOD_SECONDS=${FLOOD_SECONDS:-20} FLOOD_CALLS=${FLOOD_CALLS:-200}
export FLOOD_RATE=${FLOOD_RATE:-8} FLOOD_TIMES=1 LIMIT=${LIMIT:-5400} MEM=${MEM:-1536}
exec "$TOP/scripts/e2e.sh" "${1:-6.12}" 170-floods 171-sipvicious 172-avalanche

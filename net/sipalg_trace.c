// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_trace: the one place where the tracepoints are made.
 */
#define CREATE_TRACE_POINTS
#include "sip_parse.h"
#include "sipalg_trace.h"

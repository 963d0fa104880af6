// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_trace: makes the tracepoints.  See sipalg_trace.h.
 */
#define CREATE_TRACE_POINTS
#include "sip_parse.h"
#include "sipalg_trace.h"

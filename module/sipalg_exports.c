// SPDX-License-Identifier: GPL-2.0
/*
 * sipalg_exports: exports the symbols of the text core and sip_tcp to the NAT module and the tests.
 *
 * These units build in user space too, where there is no EXPORT_SYMBOL().  Other units export their
 * own symbols.
 */
#include "sdp_rewrite.h"
#include "sip_addr.h"
#include "sip_body.h"
#include "sip_chars.h"
#include "sip_edit.h"
#include "sip_parse.h"
#include "sip_rewrite.h"
#include "sip_start.h"
#include "sip_stream.h"
#include "sip_tcp.h"
#include "sip_uri.h"
#include "sipalg_compat.h"

SIPALG_EXPORT_TEST(sip_chars);
SIPALG_EXPORT_TEST(sip_addr_parse);
SIPALG_EXPORT_TEST(sip_addr_take_ipv4);
SIPALG_EXPORT_TEST(sip_addr_write);
SIPALG_EXPORT_TEST(sip_edit_add);
SIPALG_EXPORT_TEST(sip_edit_add_addr);
SIPALG_EXPORT_TEST(sip_edit_take_mark);
SIPALG_EXPORT_TEST(sip_edit_rollback);
SIPALG_EXPORT(sip_edit_render);
SIPALG_EXPORT_TEST(sip_parse);
SIPALG_EXPORT_TEST(sip_parse_body);
SIPALG_EXPORT_TEST(sip_parse_datagram);
SIPALG_EXPORT_TEST(sip_parse_start);
SIPALG_EXPORT_TEST(sip_parse_identity);
SIPALG_EXPORT_TEST(sip_parse_rest);
SIPALG_EXPORT_TEST(sip_keepalive_len);
SIPALG_EXPORT_TEST(sip_number);
SIPALG_EXPORT_TEST(sip_take_number);
SIPALG_EXPORT_TEST(sip_number_write);
SIPALG_EXPORT_TEST(sip_line_end);
SIPALG_EXPORT_TEST(sip_frame_next);
SIPALG_EXPORT_TEST(sip_tcp_init);
SIPALG_EXPORT_TEST(sip_tcp_exit);
SIPALG_EXPORT_TEST(sip_tcp_seq);
SIPALG_EXPORT_TEST(sip_tcp_take);
SIPALG_EXPORT_TEST(sip_tcp_pass);
SIPALG_EXPORT_TEST(sip_tcp_replace);
SIPALG_EXPORT_TEST(sip_tcp_keep);
SIPALG_EXPORT_TEST(sip_tcp_untake);
SIPALG_EXPORT_TEST(sip_tcp_bypass);
SIPALG_EXPORT_TEST(sip_tcp_emit);
SIPALG_EXPORT_TEST(sip_tcp_more);
SIPALG_EXPORT_TEST(sip_tcp_copy);
SIPALG_EXPORT_TEST(sip_tcp_reset);
SIPALG_EXPORT_TEST(sip_tcp_ack);
SIPALG_EXPORT_TEST(sip_tcp_sack);
SIPALG_EXPORT_TEST(sip_tcp_tell);
SIPALG_EXPORT_TEST(sip_skip_quoted);
SIPALG_EXPORT_TEST(sip_next_param);
SIPALG_EXPORT_TEST(sip_cut_header);
SIPALG_EXPORT_TEST(sip_uri_parse);
SIPALG_EXPORT_TEST(sip_content_type);
SIPALG_EXPORT(sip_uri_port);
SIPALG_EXPORT_TEST(sip_strict_fault);
SIPALG_EXPORT_TEST(sip_user_hash);
SIPALG_EXPORT_TEST(sip_via_form);
SIPALG_EXPORT(sip_header_decide);
SIPALG_EXPORT(sip_header_plan_edits);
SIPALG_EXPORT_TEST(sip_length_plan);
SIPALG_EXPORT_TEST(sdp_parse);
SIPALG_EXPORT_TEST(sdp_conn_of);
SIPALG_EXPORT_TEST(sdp_rtcp_of);
SIPALG_EXPORT_TEST(sdp_plan_edits);
SIPALG_EXPORT_TEST(sip_body_parts);
SIPALG_EXPORT_TEST(sip_body_read);
SIPALG_EXPORT(sip_body_plan);

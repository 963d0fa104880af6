/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sip_uri_list: reads the headers whose URIs are kept for translation.
 */
#ifndef _SIP_URI_LIST_H
#define _SIP_URI_LIST_H

#include "sip_walk.h"

struct sip_cursor;

/**
 * sip_read_uris() - read URIs with their parameters, separated by commas
 * @w: the walk
 * @c: stands after the colon; afterwards anywhere in the value
 * @header: which header it is
 *
 * RFC 3261 20.30, 20.34 and the sections of the others.  A value that cannot be read stays, and
 * the values after it are read.
 *
 * Context: any; no lock, no allocation.
 * Return: 0.
 */
int sip_read_uris(struct sip_walk *w, struct sip_cursor *c, enum sip_header header);

/**
 * sip_read_contact() - read a Contact (RFC 3261 20.10)
 * @w: the walk
 * @c: stands after the colon; afterwards anywhere in the value
 * @header: which header it is
 *
 * "*" stands for all contacts (10.2.2); an empty list says nothing.
 *
 * Context: any; no lock, no allocation.
 * Return: 0.
 */
int sip_read_contact(struct sip_walk *w, struct sip_cursor *c, enum sip_header header);

#endif /* _SIP_URI_LIST_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * sipalg_binding: the table of registered contacts, and the pinhole that each keeps open.
 *
 * A binding is one contact of one address of record at one host.  sipalg_binding_request.h has what
 * REGISTER and its answer do to it, sipalg_binding_list.h has /proc/net/sipalg/bindings.
 *
 * Registrations are rare beside other messages, so each namespace has one lock for all of them.
 */
#ifndef _SIPALG_BINDING_H
#define _SIPALG_BINDING_H

#include "sipalg_binding_list.h"
#include "sipalg_binding_request.h"
#include "sipalg_pinhole.h"

enum {
	SIPALG_BINDING_AOR_SHOWN	= 64,	/* bytes of an address of record in /proc */
	SIPALG_BINDING_TICK_S	= 10,	/* seconds between two renewals of a binding's pinhole */
	/* 64*T1: what is added to the granted time, and how long a request may wait */
	SIPALG_BINDING_GRACE_S	= 32,
};

/**
 * sipalg_binding_setup() - make the table of a namespace
 * @sn: namespace
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_binding_setup(struct sipalg_net *sn);

/**
 * sipalg_binding_teardown() - remove all bindings of a namespace, and its table
 * @sn: namespace, in which no packet is under way
 *
 * Context: process context.
 */
void sipalg_binding_teardown(struct sipalg_net *sn);

/**
 * sipalg_binding_module_init() - make the cache of bindings, once
 *
 * Context: process context.
 * Return: 0; -ENOMEM.
 */
int sipalg_binding_module_init(void);

/**
 * sipalg_binding_module_exit() - free the cache of bindings, after all tables are gone
 *
 * Context: process context; waits for RCU callbacks.
 */
void sipalg_binding_module_exit(void);

/**
 * sipalg_binding_of() - is a contact registered, and what was published for it?
 * @sn: namespace
 * @contact: address, port, zone and transport of the contact, as its host named them
 * @mapped: set to the published address and port, if the contact is registered; NULL: the caller
 *	does not want them, and no lock is taken
 *
 * Context: softirq or BH, under rcu_read_lock().
 * Return: true: a registrar has granted a binding of the contact; false: there is no such binding.
 */
bool sipalg_binding_of(struct sipalg_net *sn, const struct sipalg_pinhole_key *contact,
		       struct sip_endpoint *mapped);

/**
 * sipalg_binding_gc() - end the bindings that have expired, and renew the pinholes of the others
 * @sn: namespace
 *
 * Looks at as many bindings as sipalg_gc_share() says, in the order of their numbers.
 *
 * Context: process context; may sleep.
 * Return: true: a binding is left; false: the table is empty.
 */
bool sipalg_binding_gc(struct sipalg_net *sn);

#endif /* _SIPALG_BINDING_H */

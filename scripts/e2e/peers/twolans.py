# SPDX-License-Identifier: GPL-2.0
"""Phones in two networks behind one NAT and a firewall that lets nothing pass between them but what belongs to a call."""
from natscene import *

ANNA = Host('lan', PHONE, ROUTER, user='anna')
BERT = Host('lan2', '192.168.2.2', ROUTER, user='bert')
SBC = Host('wan', OTHER, user='sbc', hidden=INSIDE)


def direct(first, ports=(None, None), **more):
    """hairpin=1: each is told where the other really is, and media passes the firewall."""
    with settings(**more):
        m, n = Media(ANNA, ports[0]), Media(BERT, ports[1])
        j = Joined(m, n, SBC)
        equal('bert is told anna\'s own address', (PHONE, m.port), j.told_bert.at)
        equal('anna is told bert\'s', (BERT.addr, n.port), j.told_anna.at)
        exchange(m, j.told_bert, n, j.told_anna, first=first)
        j.end()


def turned(first, **more):
    """hairpin=0: each is told the other's mapping."""
    with settings(hairpin=0, **more):
        m, n = Media(ANNA), Media(BERT)
        j = Joined(m, n, SBC)
        equal('each is told the other\'s mapping', [j.offer.at, j.answer.at], [j.told_bert.at, j.told_anna.at])
        exchange(m, j.told_bert, n, j.told_anna, first=first)
        j.end()


def beside():
    """An agent of the other network is called without the provider."""
    a, b = ANNA.agent(), Host('lan2', BERT.addr, user='bert').agent()
    a.host = Host('lan', PHONE, user='anna')
    whole_call('across', a, b)


play(of('directly, the caller first', direct, 0), of('directly, the callee first', direct, 1),
     of('directly, with one port', direct, 0, (4000, 4000)), of('turned round', turned, 0),
     of('turned round, the callee first', turned, 1), of('without the provider', beside))

# SPDX-License-Identifier: GPL-2.0
"""Two phones on two cables of one NAT, and an agent outside that joins them, two calls of its own, and hands their
descriptions over as they are. exact: media must come from where it was announced; announced: media_source."""
from natscene import *

EXACT = 'exact' in sys.argv
ANNA = Host('lan', PHONE, ROUTER, user='anna')
BERT = Host('lan2', PHONE2, ROUTER, user='bert')
SBC = Host('wan', OTHER, user='sbc', hidden=INSIDE)


def direct():
    """hairpin=1: each is told where the other really is."""
    m, n = Media(ANNA), Media(BERT)
    j = Joined(m, n, SBC)
    equal('bert is told anna\'s own address', (PHONE, m.port), j.told_bert.at)
    equal('anna is told bert\'s', (PHONE2, n.port), j.told_anna.at)
    talk(m, j.told_bert, n, j.told_anna)
    j.end()


def turned(first, ports=(None, None), **more):
    """hairpin=0: each is told the other's mapping, and the router turns media round."""
    with settings(hairpin=0, **more):
        m, n = Media(ANNA, ports[0]), Media(BERT, ports[1])
        j = Joined(m, n, SBC)
        equal('bert is told anna\'s mapping', j.offer.at, j.told_bert.at)
        equal('anna is told bert\'s', j.answer.at, j.told_anna.at)
        exchange(m, j.told_bert, n, j.told_anna, *((j.offer.at, j.answer.at) if EXACT else (None, None)), first)
        j.end()


if 'announced' in sys.argv:
    play(*[of(f'turned round, {who} first', turned, i, media_source='announced') for i, who in enumerate(('the caller', 'the callee'))])
play(of('directly', direct), of('turned round, the caller first', turned, 0), of('turned round, the callee first', turned, 1),
     of('turned round, with one port, the caller first', turned, 0, (4000, 4000)),
     of('turned round, with one port, the callee first', turned, 1, (4100, 4100)))

# SPDX-License-Identifier: GPL-2.0
# The same over TCP.
# tags: 6.12
. ./lib.sh
. ./ends.sh

topo
masquerade
load
attach_nft tcp
ok 'alice runs' agent alice lan $PHONE "<sip:alice@$PROVIDER;transport=tcp>;regint=0;audio_codecs=PCMU"
ok 'bob runs' agent bob wan $PROVIDER "<sip:bob@$PROVIDER;transport=tcp>;regint=0;audio_codecs=PCMU;answermode=auto"
ok 'a capture runs' capture wan w0
held_call 'alice holds' alice bob "sip:bob@$PROVIDER;transport=tcp" alice alice
held_call 'bob holds' alice bob "sip:bob@$PROVIDER;transport=tcp" bob bob
ok 'on the wire no byte of a stream had two values, and none was private' wire w0
is 'the calls began and ended' '2 2' "$(stat calls_added) $(stat calls_ended)"
ok 'nothing failed' no_trouble
finish

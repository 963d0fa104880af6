# SPDX-License-Identifier: GPL-2.0
# baresip on both sides over UDP: each side holds, resumes and hangs up; audio by everybody's statistics.
. ./lib.sh
. ./ends.sh

topo
masquerade
load
attach_nft
ok 'alice runs' agent alice lan $PHONE "<sip:alice@$PROVIDER>;regint=0;audio_codecs=PCMU"
ok 'bob runs' agent bob wan $PROVIDER "<sip:bob@$PROVIDER>;regint=0;audio_codecs=PCMU;answermode=auto"
held_call 'alice holds' alice bob sip:bob@$PROVIDER alice alice
held_call 'bob holds' alice bob sip:bob@$PROVIDER bob bob
is 'the calls began and ended' '2 2' "$(stat calls_added) $(stat calls_ended)"
ok 'nothing failed' no_trouble
finish

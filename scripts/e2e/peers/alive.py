# SPDX-License-Identifier: GPL-2.0
"""Some calls and registrations that stay up: alive.py COUNT; then it goes, without a word to anybody."""
import sys
from sip import *

phone, provider = Agent('lan', PHONE), Agent('wan', PROVIDER, user='sbc')
register(phone, provider)
for i in range(int(sys.argv[1])):
    inside, outside = Rtp('lan', PHONE, 20000 + 4 * i), Rtp('wan', PROVIDER, 20000 + 4 * i)
    call = connect(phone, provider, sdp(PHONE, inside.port), sdp(PROVIDER, outside.port))
    if i % 3 == 0:
        outside.speak('hello', call.offer.at)
        inside.hear()
    elif i % 3 == 1:
        inside.speak('hello', call.answer.at)
        outside.hear()
phone.dial(provider.contact, provider.at).request('INVITE', sdp(PHONE, 30000))
provider.take('INVITE')

# SPDX-License-Identifier: GPL-2.0
"""One INVITE from the phone to a port: prints what the provider saw as words that a case can ask for.

udp.py PORT  ->  "translated", "untouched" or "lost"
"""
import sys
from sip import *

port = int(sys.argv[1])
phone, provider = Agent('lan', PHONE, 5060), Agent('wan', PROVIDER, port)
sent = phone.dial(provider.contact, provider.at).request('INVITE', sdp(PHONE, 4000))
data, _ = provider.recv(4)
print('lost' if data is None else 'untouched' if data == sent else
      'translated' if PHONE.encode() not in data else 'half translated')

# SPDX-License-Identifier: GPL-2.0
"""Calls, registrations and media without pause, for as long as it runs.

A phone in lan and a provider in wan, which send, answer and forget: whatever the
router between them does or where it has gone, nobody here waits for anybody.
Each INVITE that the provider sees is answered, every second call is hung up, the
others stay up. The phone changes its port often, so that new connections come.
"""
import errno
import os
import select
import sys
import time
sys.path.insert(0, '../lib')
from sip import *
from sip import _open

GENERATION = 12     # calls from one port


class Side(Agent):
    """Bound to no address: it stays when its address goes. Errors are the network's business."""

    def __init__(self, ns, addr, port, **how):
        super().__init__(ns, '0.0.0.0', port, **how)
        self.addr = addr
        self.port = self.sock.getsockname()[1]
        self.contact = f'sip:{self.user}@{addr}:{self.port}'
        self.sock.setblocking(False)

    def send(self, data, to):
        try:
            self.sock.sendto(data, to)
        except OSError as e:
            if e.errno not in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EPERM, errno.EAGAIN, errno.EINVAL,
                               errno.ENOBUFS, errno.ECONNREFUSED, errno.ENODEV, errno.EADDRNOTAVAIL):
                raise

    def messages(self):
        while True:
            try:
                data, source = self.sock.recvfrom(65535)
            except OSError:
                return
            if data[:1].isalpha():
                yield Message(data, source)

    def close(self):
        _open.remove(self.sock)
        self.sock.close()


def answer(provider, m):
    """What the provider says to a request."""
    if m.method == 'REGISTER':
        provider.reply(m, 200, tag='g', contact=False, headers=[('Contact', v + ';expires=60') for v in m.all('contact')])
    elif m.method == 'INVITE':
        provider.reply(m, 180, tag='p')
        provider.reply(m, 200, sdp(PROVIDER, 6000), tag='p')
        if m.body:
            provider.send(b'\x80' + bytes(171), m.sdp.at)
    elif m.method == 'BYE':
        provider.reply(m, 200, contact=False)


def phone_hears(phone, dialogs, media, m):
    """What the phone does about an answer."""
    d = dialogs.get(m['call-id'])
    if m.status == 200 and m.method == 'INVITE' and d:
        d.learn(m)
        d.ack()
        media.send(b'\x80' + bytes(171), (PROVIDER, 6000))
        if len(dialogs) & 1:
            d.request('BYE')


def main():
    os.nice(5)      # the rounds come first
    provider = Side('wan', PROVIDER, SIP_PORT, user='sbc')
    echo = Side('wan', PROVIDER, 6000)
    generation = 0
    while True:
        generation += 1
        phone, media = Side('lan', PHONE, 0), Side('lan', PHONE, 0)
        dialogs = {}
        d = phone.dial('sip:example.com', provider.at)
        d.remote_header = f'<{phone.aor}>'
        d.request('REGISTER', headers=[('Contact', f'<{phone.contact}>'), ('Expires', '60')], contact=False)
        end = time.monotonic() + 0.25
        while time.monotonic() < end and len(dialogs) < GENERATION:
            d = phone.dial(provider.contact, provider.at)
            dialogs[d.call_id] = d
            d.request('INVITE', sdp(PHONE, media.port))
            for _ in range(3):
                ready = select.select([phone.sock, provider.sock], [], [], 0.004)[0]
                for m in provider.messages() if provider.sock in ready else ():
                    if not m.status:
                        answer(provider, m)
                for m in phone.messages() if phone.sock in ready else ():
                    phone_hears(phone, dialogs, media, m)
            for sock in (echo.sock, media.sock):
                try:
                    while True:
                        data, source = sock.recvfrom(2048)
                        if sock is echo.sock:
                            echo.send(data, source)
                except OSError:
                    pass
        phone.close()
        media.close()


main()

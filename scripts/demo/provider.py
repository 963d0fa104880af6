#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""provider.py - the telephone provider of the demo, on 203.0.113.2.

Registers whoever asks, answers calls, and calls the registered phone when it gets
SIGUSR1. In a call it plays a tone of 440 Hz to the address that the other's SDP
names, and never looks where the other's media comes from. What it heard goes to
standard output, a line of JSON a call; EVENTS gets a line when something happens.
"""
import json
import re
import select
import signal
import socket
import struct
import sys
import time

from ulaw import decode, sine, tone_of

HOST = "203.0.113.2"
REPORT_EVERY = 0.25	# s, RTCP: the phone counts what it has heard at each
HANG_UP_AFTER = 4.0	# s, calls to the phone; those of the phone it ends itself


class Media:
    """RTP and RTCP of one call, from `port` here to where the SDP of the other says."""

    def __init__(self, port):
        self.port = port
        self.rtp = self.bound(port)
        self.rtcp = self.bound(port + 1)
        self.to = None
        self.sent = self.received = self.reports = 0
        self.heard = bytearray()
        self.tone = sine(440)

    @staticmethod
    def bound(port):
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind((HOST, port))
        s.setblocking(False)
        return s

    def start(self, sdp):
        host = re.search(r"^c=IN IP4 (\S+)", sdp, re.M).group(1)
        port = int(re.search(r"^m=audio (\d+)", sdp, re.M).group(1))
        rtcp = re.search(r"^a=rtcp:(\d+)", sdp, re.M)
        self.to = (host, port)
        self.rtcp_to = (host, int(rtcp.group(1)) if rtcp else port + 1)
        self.next = self.next_report = time.monotonic()

    def tick(self, now):
        while self.to and now >= self.next:
            head = struct.pack("!BBHII", 0x80, 0, self.sent & 0xffff, self.sent * 160, 0xa1a1a1a1)
            begin = self.sent * 160 % len(self.tone)
            self.rtp.sendto(head + (self.tone * 2)[begin:begin + 160], self.to)
            self.sent += 1
            self.next += 0.02
        if self.to and now >= self.next_report:
            self.report(now)
            self.next_report += REPORT_EVERY

    def report(self, now):
        """A sender report and a name (RFC 3550 6.4.1, 6.5)."""
        self.rtcp.sendto(struct.pack("!BBHIQIII", 0x80, 200, 6, 0xa1a1a1a1, int(now * 2**32),
                                     self.sent * 160, self.sent, self.sent * 160) +
                         struct.pack("!BBHIBB6s", 0x81, 202, 3, 0xa1a1a1a1, 1, 3, b"bob\0\0\0"),
                         self.rtcp_to)

    def read(self, s):
        data = s.recv(2048)
        if s is self.rtcp:
            self.reports += 1
        else:
            self.received += 1
            self.heard += decode(data[12:])

    def close(self):
        self.rtp.close()
        self.rtcp.close()
        return {"port": self.port, "sent": self.sent, "received": self.received,
                "reports": self.reports, "tone": tone_of(self.heard)}


def headers(text, name):
    return re.findall(rf"^{name}:[ \t]*(.*?)\r$", text, re.M | re.I)


def event(text):
    with open(sys.argv[1], "a") as f:
        f.write(text + "\n")


class Provider:
    def __init__(self):
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.bind((HOST, 5060))
        self.contact = self.peer = self.media = self.ours = None
        self.todo = []		# (when, what)
        self.port = 6000

    def sdp(self):
        return (f"v=0\r\no=provider 1 1 IN IP4 {HOST}\r\ns=-\r\nc=IN IP4 {HOST}\r\nt=0 0\r\n"
                f"m=audio {self.media.port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n")

    def answer(self, request, status, to, body="", more=""):
        lines = [f"SIP/2.0 {status}"]
        lines += [f"Via: {v}" for v in headers(request, "Via")]
        tag = "" if ";tag=" in headers(request, "To")[0] or status.startswith("100") else ";tag=provider"
        lines += ["From: " + headers(request, "From")[0], "To: " + headers(request, "To")[0] + tag,
                  "Call-ID: " + headers(request, "Call-ID")[0], "CSeq: " + headers(request, "CSeq")[0]]
        if "INVITE" in lines[-1] and not status.startswith("100"):
            lines.append(f"Contact: <sip:bob@{HOST}>")
        lines += [more] if more else []
        lines += ["Content-Type: application/sdp"] if body else []
        lines += [f"Content-Length: {len(body)}", "", body]
        self.sip.sendto("\r\n".join(lines).encode(), to)

    def request(self, method, cseq, uri, branch, body=""):
        lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/UDP {HOST}:5060;branch=z9hG4bK-demo-{branch};rport",
                 "Max-Forwards: 70", f'From: "Bob" <sip:bob@{HOST}>;tag=provider-calls',
                 f"To: <sip:alice@{HOST}>{self.ours.get('tag', '')}",
                 f"Call-ID: {self.ours['id']}", f"CSeq: {cseq} {method}", f"Contact: <sip:bob@{HOST}>"]
        lines += ["Content-Type: application/sdp"] if body else []
        lines += [f"Content-Length: {len(body)}", "", body]
        self.sip.sendto("\r\n".join(lines).encode(), self.peer)

    def new_media(self):
        self.media = Media(self.port)
        self.port += 10

    def end(self):
        if self.media:
            print(json.dumps(self.media.close()), flush=True)
            self.media = None
            event("ended")

    def call_the_phone(self, *_):
        self.ours = {"id": f"demo-{int(time.time())}@{HOST}"}
        self.new_media()
        self.request("INVITE", 1, self.contact, "invite", self.sdp())

    def on_request(self, text, peer):
        method = text.split(" ", 1)[0]
        if method == "REGISTER":
            contact = headers(text, "Contact")[0]
            self.contact = re.search(r"<([^>]+)>", contact).group(1)
            self.peer = peer
            self.answer(text, "200 OK", peer, more=f"Contact: <{self.contact}>;expires=600")
            event("registered")
        elif method == "INVITE" and not self.media:
            self.new_media()
            self.answer(text, "100 Trying", peer)
            self.answer(text, "180 Ringing", peer)
            self.todo.append((time.monotonic() + 1, lambda: self.accept(text, peer)))
        elif method == "ACK":
            event("up")
        elif method == "BYE":
            self.answer(text, "200 OK", peer)
            self.end()
        elif method != "INVITE":
            self.answer(text, "200 OK", peer)

    def accept(self, text, peer):
        self.answer(text, "200 OK", peer, self.sdp())
        self.media.start(text)

    def on_response(self, text):
        status, cseq = int(text[8:11]), headers(text, "CSeq")[0]
        if cseq.endswith("INVITE") and 200 <= status < 300 and "uri" not in self.ours:
            self.ours["tag"] = ";tag=" + re.search(r";tag=([^;\s]+)", headers(text, "To")[0]).group(1)
            self.ours["uri"] = re.search(r"<([^>]+)>", headers(text, "Contact")[0]).group(1)
            self.request("ACK", 1, self.ours["uri"], "ack")
            self.media.start(text)
            event("up")
            self.todo.append((time.monotonic() + HANG_UP_AFTER, self.hang_up))
        elif cseq.endswith("INVITE") and status >= 300:
            event(f"refused {status}")
        elif cseq.endswith("BYE"):
            self.end()

    def hang_up(self):
        self.media.report(time.monotonic())
        self.request("BYE", 2, self.ours["uri"], "bye")

    def run(self):
        while True:
            sockets = [self.sip] + ([self.media.rtp, self.media.rtcp] if self.media else [])
            for s in select.select(sockets, [], [], 0.005)[0]:
                if s is not self.sip:
                    if self.media and s.fileno() >= 0:
                        self.media.read(s)
                    continue
                data, peer = s.recvfrom(65535)
                text = data.decode(errors="replace")
                if text.startswith("SIP/2.0 "):
                    self.on_response(text)
                elif len(text) > 20:
                    self.on_request(text, peer)
            now = time.monotonic()
            for entry in [e for e in self.todo if e[0] <= now]:
                self.todo.remove(entry)
                entry[1]()
            if self.media:
                self.media.tick(now)


provider = Provider()
signal.signal(signal.SIGUSR1, provider.call_the_phone)
event("ready")
provider.run()

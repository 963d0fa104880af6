#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""render.py network | register | call out | call in | result - what a person sees of the demo.

Reads the captures of both sides of the router, what phone and provider counted and
what the router says, all in $T. COLOR and UTF8 say what the terminal can do. Status
1, and the reason as last line, where something is not as it should be.
"""
import difflib
import json
import os
import re
import struct
import sys

from ulaw import decode, tone_of

T = os.environ["T"]
COLOR, UTF8 = os.environ.get("COLOR") == "1", os.environ.get("UTF8") == "1"
PHONE, ROUTER, PROVIDER = "192.168.1.2", "203.0.113.1", "203.0.113.2"
INSIDE = "192.168.1."
TIME, SEGMENT = 8, 42		# columns of the ladder: the time, and from one line to the next
ENOUGH = 100			# packets of voice each way; four seconds are 200


def style(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOR and text else text


def bold(text): return style("1", text)
def dim(text): return style("2", text)
def good(text): return style("32", text)
def voice(text): return style("36", text)
def tick(): return good("✔" if UTF8 else "ok")


def title(text):
    print()
    print(bold(text))
    print(dim(("─" if UTF8 else "-") * 98))


def fail(reason):
    print(reason)
    sys.exit(1)


# ---- captures -------------------------------------------------------------------------


class Packet:
    def __init__(self, t, frame):
        ihl = (frame[14] & 15) * 4
        self.t = t
        self.src, self.dst = (".".join(map(str, frame[i:i + 4])) for i in (26, 30))
        self.sport, self.dport, length = struct.unpack("!HHH", frame[14 + ihl:20 + ihl])
        self.data = frame[22 + ihl:14 + ihl + length]
        self.out = self.src in (PHONE, ROUTER)
        self.is_sip = 5060 in (self.sport, self.dport) and len(self.data) > 20


class Message(Packet):
    def __init__(self, packet):
        self.__dict__.update(packet.__dict__)
        self.text = packet.data.decode(errors="replace")
        self.first = self.text.split("\r\n", 1)[0]
        self.is_answer = self.first.startswith("SIP/2.0 ")
        self.what = self.first[8:] if self.is_answer else self.first.split(" ")[0]
        self.id = self.header("Call-ID")
        self.cseq = self.header("CSeq")
        self.key = (self.out, self.what, self.id, self.cseq)

    def header(self, name):
        m = re.search(rf"^{name}:[ \t]*(.*?)\r?$", self.text, re.M | re.I)
        return m.group(1) if m else ""

    def media(self):
        """Address and port that its description names."""
        host = re.search(r"^c=IN IP4 (\S+)", self.text, re.M)
        port = re.search(r"^m=audio (\d+)", self.text, re.M)
        return (host.group(1), int(port.group(1))) if host and port else None

    def label(self):
        media = self.media()
        if not media:
            return self.what
        label = f"{self.what}  audio {media[0]}:{media[1]}"
        return label if len(label) <= SEGMENT - 8 else label.replace("audio ", "")


def capture(name):
    with open(f"{T}/{name}.pcap", "rb") as f:
        data = f.read()
    at, packets = 24, []
    while at + 16 <= len(data):
        s, us, n, _ = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + n]
        at += 16 + n
        if len(frame) == n > 42 and frame[12:14] == b"\x08\x00" and frame[23] == 17:
            packets.append(Packet(s + us / 1e6, frame))
    return packets


def messages(packets):
    return [Message(p) for p in packets if p.is_sip]


# ---- the ladder -----------------------------------------------------------------------


def arrow(label, right, is_media=False):
    line, head, tail = ("═" if is_media else "─", "►", "◄") if UTF8 else ("=" if is_media else "-", ">", "<")
    label = f" {label[:SEGMENT - 4]} "
    room = SEGMENT - 2 - len(label)
    left, rest = line * (room // 2), line * (room - room // 2)
    paint = voice if is_media else (good if label[1:3] == "20" else str)
    text = dim(left) + paint(label) + dim(rest)
    return " " + text + head if right else tail + text + " "


def row(t, left, right):
    bar = dim("│" if UTF8 else "|")
    blank = " " * SEGMENT
    print(f"{t:>{TIME - 1}} {bar}{left or blank}{bar}{right or blank}{bar}")


def ladder(call_id, media_rows):
    lan, wan = capture("lan"), capture("wan")
    theirs = {}
    for m in messages(wan):
        theirs.setdefault(m.key, []).append(m)
    rows = []
    for m in messages(lan):
        if m.id == call_id:
            other = theirs.get(m.key, [])
            rows.append((m, other.pop(0) if other else None))
    rows += [(None, m) for rest in theirs.values() for m in rest if m.id == call_id]
    rows = [(min(p.t for p in r if p), "", r) for r in rows] + \
           [(t, "media", (label, out)) for t, label, out in media_rows]
    begin = min(r[0] for r in rows)
    gap = " " * (SEGMENT - 7)
    print(bold(f"    lan phone{gap}  router{gap} provider"))
    row("", None, None)
    for t, kind, what in sorted(rows, key=lambda r: r[0]):
        at = f"{t - begin:.3f}"
        if kind:
            row(at, *(arrow(label, what[1], True) for label in what[0]))
        else:
            a, b = what
            row(at, a and arrow(a.label(), a.out), b and arrow(b.label(), b.out))


# ---- before and after -----------------------------------------------------------------


def marked(a, b):
    """[(kind, text)] of a line: '=' the same, '-' gone, '+' new; and whether it changed."""
    x, y = (re.findall(r"[A-Za-z0-9.]+|[^A-Za-z0-9.]", s) for s in (a, b))
    parts = []
    for op, i, j, k, m in difflib.SequenceMatcher(None, x, y, False).get_opcodes():
        if op == "equal":
            parts.append(("=", "".join(x[i:j])))
        else:
            parts += [("-", "".join(x[i:j])), ("+", "".join(y[k:m]))]
    return [p for p in parts if p[1]], a != b


def paint(parts):
    out, width, last = "    ", 4, "="
    for kind, text in parts:
        if COLOR and last + kind == "-+":
            out, width = out + " ", width + 1
        last = kind
        plain = text if COLOR or kind == "=" else f"[-{text}-]" if kind == "-" else f"{{+{text}+}}"
        code = {"=": "", "-": "31;9", "+": "1;32"}[kind]
        while plain:	# the terminal has 100 columns
            piece, plain = plain[:98 - width], plain[98 - width:]
            out += style(code, piece) if code else piece
            width += len(piece)
            if plain:
                out, width = out + "\n        ", 8
    print(out)


def lines_of(a, b):
    x, y = (s.rstrip("\r\n").split("\r\n") for s in (a, b))
    if len(x) == len(y):
        yield from zip(x, y)
        return
    for op, i, j, k, m in difflib.SequenceMatcher(None, x, y, False).get_opcodes():
        old, new = x[i:j], y[k:m]
        for n in range(max(len(old), len(new))):
            yield old[n] if n < len(old) else "", new[n] if n < len(new) else ""


def compare(a, b, everything=True):
    legend = [("=", "changed words: "), ("-", "before"), ("=", " "), ("+", "after")]
    paint(legend)
    print()
    for before, after in lines_of(a.text, b.text):
        parts, changed = marked(before, after)
        if changed or everything:
            paint(parts)


# ---- what the router, the phone and the provider say ------------------------------------


def show_calls(name, call_id):
    with open(f"{T}/calls-{name}") as f:
        head, *calls = [line.split() for line in f]
    calls = [c for c in calls if len(c) >= len(head) - 1 and c[8] == call_id[:len(c[8])] and c[1] != "ended"]
    if not calls:
        fail("/proc/net/sipalg/calls does not show the call")
    print()
    print(bold("  the router during the call: /proc/net/sipalg/calls") + dim("  (one line there)"))
    for c in calls:
        fields = [f"{n} {bold(v)}" for n, v in zip(head, c)]
        print("    " + "  ".join(fields[:6]))
        print("    " + "  ".join(fields[6:8]))
        print("    " + "  ".join(fields[8:9]))
        for entry in c[9:]:
            print("    media " + "  ".join(bold(w) if i == 0 else w for i, w in enumerate(entry.split(","))))


def conntrack(name, port):
    """Packets of the connections of a media port: (from the phone, from the provider)."""
    out = back = 0
    with open(f"{T}/ct-{name}") as f:
        for line in f:
            tuples = re.findall(r"src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+) packets=(\d+)", line)
            for src, _, sport, dport, packets in tuples:
                if str(port) in (sport, dport):
                    if src == PHONE:
                        out += int(packets)
                    elif src == PROVIDER:
                        back += int(packets)
    return out, back


def phone_counts(n):
    with open(f"{T}/phone.log", errors="replace") as f:
        found = re.findall(r"PR=(\d+);PS=(\d+)", f.read())
    return tuple(map(int, found[n])) if n < len(found) else (None, None)


def provider_counts(n):
    with open(f"{T}/provider.log") as f:
        found = [json.loads(line) for line in f if line.startswith("{")]
    if n >= len(found):
        fail("the provider ended without its counts")
    return found[n]


# ---- parts ----------------------------------------------------------------------------


def network():
    with open("/proc/sys/kernel/osrelease") as f:
        release = f.read().strip()
    line = "────────────" if UTF8 else "------------"
    print()
    print(f"  {bold('phone')} {PHONE} {line} 192.168.1.1 {bold('router')} {ROUTER} {line} {bold('provider')} {PROVIDER}")
    print(dim(f"  baresip                          Linux {release}          registrar, tone of 440 Hz"))
    print(dim("  speaks a tone of 660 Hz          nft: masquerade; new connections only from inside,"))
    print(dim("                                   only to port 5060; ct helper \"sipalg\" on that port"))


def remember(**facts):
    path = f"{T}/facts.json"
    known = {}
    if os.path.exists(path):
        with open(path) as f:
            known = json.load(f)
    known.update(facts)
    with open(path, "w") as f:
        json.dump(known, f)
    return known


def register():
    lan, wan = messages(capture("lan")), messages(capture("wan"))
    asked = [m for m in lan if m.what == "REGISTER"]
    if not asked or not any(m.what == "200 OK" and m.id == asked[0].id for m in lan):
        fail("the phone got no answer to its REGISTER")
    title("Registration")
    ladder(asked[0].id, [])
    there = [m for m in wan if m.what == "REGISTER"][0]
    print()
    for before, after in lines_of(asked[0].text, there.text):
        parts, changed = marked(before, after)
        if changed:
            paint(parts)
    remember(contact=there.header("Contact"))


def counted(packets, port, rtcp):
    """{out: packets} of a media port and its RTCP neighbour, the provider's side of both."""
    found = {}
    for out in (True, False):
        found[out] = [p for p in packets if p.out == out and not p.is_sip and
                      (p.dport if out else p.sport) == port + rtcp]
    return found


def call(which):
    is_out = which == "out"
    lan, wan = capture("lan"), capture("wan")
    here, there = messages(lan), messages(wan)
    invites = [[m for m in side if m.what == "INVITE" and m.out == is_out] for side in (here, there)]
    if not all(invites):
        fail("the INVITE did not get through the router")
    sent, got = (invites[0][0], invites[1][0]) if is_out else (invites[1][0], invites[0][0])
    offer_answer = [m for m in there if m.id == sent.id and m.media()]
    port = next((m.media()[1] for m in offer_answer if m.media()[0] == PROVIDER), None)
    if port is None:
        fail("the call has no media of the provider")

    title("A call from the phone" if is_out else "A call to the phone, from the provider")
    rows, n = [], {}
    for rtcp in (0, 1):
        a, b = counted(lan, port, rtcp), counted(wan, port, rtcp)
        for out in (True, False):
            n[rtcp, out] = (len(a[out]), len(b[out]))
            if a[out] or b[out]:
                ends = [f"{p[0].sport if out else p[0].dport}" if p else "" for p in (a[out], b[out])]
                labels = [f"{'RTCP' if rtcp else 'RTP'} {count} packets, port {end}"
                          for count, end in zip(n[rtcp, out], ends)]
                rows.append((min(p.t for p in (a[out] + b[out])), labels, out))
    heard = tone_of(b"".join(decode(p.data[12:]) for p in counted(lan, port, 0)[False]))
    ladder(sent.id, rows)

    print()
    if is_out:
        print(bold("  the INVITE, as the phone sent it and as the provider got it"))
    else:
        print(bold("  what the router changed in the INVITE on its way to the phone"))
    compare(sent, got, is_out)
    show_calls(which, sent.id)

    theirs, (received, spoken) = provider_counts(0 if is_out else 1), phone_counts(0 if is_out else 1)
    out, back = conntrack(which, port)
    print()
    print(bold("  packets of voice            by the phone   by the router's conntrack   by the provider    tone"))
    known = [v if v is not None else "-" for v in (spoken, received)]
    print(f"    phone to provider    {str(known[0]) + ' sent':>15}   {out:>25}   {str(theirs['received']) + ' heard':>15}"
          f"  {theirs['tone']:>3} Hz")
    print(f"    provider to phone    {str(known[1]) + ' heard':>15}   {back:>25}   {str(theirs['sent']) + ' sent':>15}"
          f"  {heard:>3} Hz")
    print(dim("    the phone's own numbers are those of its last RTCP report, up to a quarter of a second old"))

    back_heard = n[0, False][0] if received is None else received
    if theirs["received"] < ENOUGH or back_heard < ENOUGH or out < ENOUGH or back < ENOUGH:
        fail("too little voice came through")
    if abs(theirs["tone"] - 660) > 15 or abs(heard - 440) > 15:
        fail("the tones are not those that were sent")
    if not any(m.id == sent.id and m.what == "200 OK" and "BYE" in m.cseq for m in here):
        fail("the call was not hung up in order")
    remember(**{which: [theirs["received"], back_heard]})


def result():
    facts = remember()
    wan = messages(capture("wan"))
    leaks = [f"{m.first}: {line}" for m in wan for line in m.text.split("\r\n") if INSIDE in line]
    title("Result")
    print(f"  {tick()}  the phone is registered; the provider reaches it at {facts['contact'].split(';')[0]}")
    print(f"  {tick()}  call from the phone: {facts['out'][0]} packets of voice heard by the provider, "
          f"{facts['out'][1]} by the phone")
    print(f"  {tick()}  call to the phone:   {facts['in'][0]} packets of voice heard by the provider, "
          f"{facts['in'][1]} by the phone")
    if leaks:
        print("\n".join(leaks))
        fail("an inside address was seen on the provider's side")
    print(f"  {tick()}  no inside address in any of the {len(wan)} messages on the provider's side")
    with open(f"{T}/stats") as f:
        stats = dict(line.split() for line in f)
    names = ("messages", "translated", "calls_added", "calls_ended", "bindings_added",
             "pinholes_opened", "pinholes_taken", "pinholes_closed")
    print(dim("      " + "  ".join(f"{k} {stats[k]}" for k in names if k in stats)))
    malformed = [f"{k} {v}" for k, v in stats.items() if "malformed" in k and v != "0"]
    if malformed:
        fail("the router took good messages for bad ones: " + ", ".join(malformed))


{"network": network, "register": register, "call": call, "result": result}[sys.argv[1]](*sys.argv[2:])

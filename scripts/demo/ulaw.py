# SPDX-License-Identifier: GPL-2.0
"""ulaw.py - tones in PCMU (G.711): make them, and hear which one it is."""
import math

RATE = 8000


def encode_one(v):
    sign, v = (0x80, -v) if v < 0 else (0, v)
    v = min(v, 32635) + 132
    exponent = v.bit_length() - 8
    return ~(sign | exponent << 4 | v >> exponent + 3 & 15) & 0xff


def samples(hertz):
    """One tenth of a second, which is a whole number of periods of every multiple of 10 Hz."""
    return [int(9000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(RATE // 10)]


def sine(hertz):
    return bytes(encode_one(v) for v in samples(hertz))


def decode(data):
    """Only the sign matters here: 1 for the positive half of a period."""
    return bytes(b >> 7 for b in data)


def tone_of(signs):
    """Hertz of the tone, 0 where there is none."""
    if len(signs) < RATE // 2:
        return 0
    changes = sum(a != b for a, b in zip(signs, signs[1:]))
    return round(changes / 2 / (len(signs) / RATE))

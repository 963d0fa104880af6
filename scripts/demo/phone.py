#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""phone.py tone FILE | COMMAND [PARAMETER] - a tone to speak; a command for baresip's ctrl_tcp."""
import json
import socket
import struct
import sys

if sys.argv[1] == "tone":
    from ulaw import samples
    data = b"".join(struct.pack("<h", v) for v in samples(660)) * 900	# 90 s
    with open(sys.argv[2], "wb") as f:
        f.write(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " +
                struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16) +
                b"data" + struct.pack("<I", len(data)) + data)
else:
    text = json.dumps({"command": sys.argv[1], "params": " ".join(sys.argv[2:])})
    with socket.create_connection(("127.0.0.1", 4444), 5) as s:
        s.sendall(f"{len(text)}:{text},".encode())
        s.recv(4096)

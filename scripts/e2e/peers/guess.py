# SPDX-License-Identifier: GPL-2.0
"""A phone whose registration is refused."""
from scene import *


@scene
def refused(s):
    """refused"""
    register(s.phone, s.provider, status=403)


play(refused)

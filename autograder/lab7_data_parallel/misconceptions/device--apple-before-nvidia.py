"""mps is put before cuda.

Read again in which order the three are to be tried.
"""


def pick_device(prefer, available):
    if prefer in available:
        return prefer
    for device in ("mps", "cuda", "cpu"):
        if device in available:
            return device

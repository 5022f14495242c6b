"""Without the preferred device the CPU is taken at once.

The machine may have another accelerator that is faster than its CPU.
"""


def pick_device(prefer, available):
    if prefer in available:
        return prefer
    return "cpu"

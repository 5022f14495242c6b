"""Only cuda, mps and cpu are ever taken.

The preferred device may have any name, as long as it is available.
"""


def pick_device(prefer, available):
    order = ["cuda", "mps", "cpu"]
    there = [device for device in order if device in available]
    return prefer if prefer in there else there[0]

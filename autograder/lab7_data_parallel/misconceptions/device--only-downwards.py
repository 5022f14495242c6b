"""After the preferred device only those that come later are tried.

If the preferred device is not there, all three are asked for again, from the first.
"""


def pick_device(prefer, available):
    order = ["cuda", "mps", "cpu"]
    if prefer in available:
        return prefer
    begin = order.index(prefer) if prefer in order else 0
    for device in order[begin:]:
        if device in available:
            return device

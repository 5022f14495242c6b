"""The list of devices is sorted in place.

The list belongs to the caller, who may still need its order. Sort a copy, or do without.
"""


def pick_device(prefer, available):
    if prefer in available:
        return prefer
    order = ["cuda", "mps", "cpu"]
    available.sort(key=lambda device: order.index(device) if device in order else len(order))
    return available[0]

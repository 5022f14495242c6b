"""Any accelerator is taken before the CPU, also one that was not among the three.

Only cuda and mps come before the CPU. Code that was written for those may not run on another device.
"""


def pick_device(prefer, available):
    if prefer in available:
        return prefer
    for device in ["cuda", "mps", *available]:
        if device in available and device != "cpu":
            return device
    return "cpu"

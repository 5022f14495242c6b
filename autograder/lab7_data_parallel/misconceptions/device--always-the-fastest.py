"""The best device is taken, whatever was asked for.

Who asks for a device that is there gets it, for whatever reason.
"""


def pick_device(prefer, available):
    for device in ("cuda", "mps", "cpu"):
        if device in available:
            return device

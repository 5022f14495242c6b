"""The first of a line of candidates, the preferred one in front."""


def pick_device(prefer, available):
    return next(device for device in (prefer, "cuda", "mps", "cpu") if device in available)

"""Asks for the next best until one is there."""


def pick_device(prefer, available, rest=("cuda", "mps", "cpu")):
    if prefer in available:
        return prefer
    return pick_device(rest[0], available, rest[1:])

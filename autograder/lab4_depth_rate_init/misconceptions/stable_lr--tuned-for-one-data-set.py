"""A rate that was found by trying, on one data set

The limit depends on the inputs, the depth and the target.
"""


def largest_stable_lr(x, depth, target):
    return 1.5 / depth

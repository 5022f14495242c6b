"""The limit at the start, wherever that is

Below the minimum the start is flatter than the valley: what is stable there is not stable further on.
"""


def choose_lr(depth, init):
    return 0.9 * largest_stable_lr(x, depth, init**depth)

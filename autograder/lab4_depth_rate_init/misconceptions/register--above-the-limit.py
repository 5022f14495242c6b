"""A little more than the largest stable rate

Near the minimum such a run does not come to rest.
"""


def choose_lr(depth, init):
    return 1.15 * largest_stable_lr(x, depth, max(a, init**depth))

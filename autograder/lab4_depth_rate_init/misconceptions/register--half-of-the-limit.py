"""Half of the largest stable rate

It is safe, and too slow where the start is flat and the net is deep.
"""


def choose_lr(depth, init):
    return 0.5 * largest_stable_lr(x, depth, max(a, init**depth))

"""The curvature along one weight

The steepest direction is the one in which all weights grow together.
"""


def largest_stable_lr(x, depth, target):
    others = target ** ((depth - 1) / depth)
    return 2 / (np.mean(x**2) * others**2 * max(depth - 1, 1))

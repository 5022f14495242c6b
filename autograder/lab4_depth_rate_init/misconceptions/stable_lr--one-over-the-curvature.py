"""One over the curvature

With that rate one update lands at the bottom. A run still comes back with larger ones, up to twice that.
"""


def largest_stable_lr(x, depth, target):
    return 1 / (np.mean(x**2) * depth * target ** (2 - 2 / depth))

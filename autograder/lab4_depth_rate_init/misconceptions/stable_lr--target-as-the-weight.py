"""The target is taken to be each weight

The target is the product of all the weights. Each of them is its root.
"""


def largest_stable_lr(x, depth, target):
    return 2 / (np.mean(x**2) * depth * target ** (2 * depth - 2))

"""The sum of the squares

The loss is a mean: with the same data twice the limit stays where it is.
"""


def largest_stable_lr(x, depth, target):
    return 2 / (np.sum(x**2) * depth * target ** (2 - 2 / depth))

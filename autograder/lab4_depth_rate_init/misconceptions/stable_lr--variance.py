"""The variance of the inputs

s is the mean of the squares, and nothing is subtracted first.
"""


def largest_stable_lr(x, depth, target):
    return 2 / (np.var(x) * depth * target ** (2 - 2 / depth))

"""The squared sum of the vector's entries

The squared length of a vector is the sum of the squares, not the square of the sum.
"""


def largest_stable_lr(x, depth, target):
    gradient = np.full(depth, target ** (1 - 1 / depth))
    return 2 / (np.mean(x**2) * np.sum(gradient) ** 2)

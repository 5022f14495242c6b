"""The length of the vector is not squared

The eigenvalue is s times the squared length of the vector.
"""


def largest_stable_lr(x, depth, target):
    return 2 / (np.mean(x**2) * np.sqrt(depth) * target ** (1 - 1 / depth))

"""The square of the mean input

s is the mean of the squares. Inputs around zero have a mean of zero and still make the loss steep.
"""


def largest_stable_lr(x, depth, target):
    return 2 / (np.mean(x) ** 2 * depth * target ** (2 - 2 / depth))

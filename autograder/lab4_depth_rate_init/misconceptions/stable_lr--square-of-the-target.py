"""The square of the target, whatever the depth

Each derivative of the product leaves one weight out, so it is the product of depth - 1 of them.
"""


def largest_stable_lr(x, depth, target):
    return 2 / (np.mean(x**2) * depth * target**2)

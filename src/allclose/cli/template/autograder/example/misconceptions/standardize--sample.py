"""Takes the standard deviation of a sample

The data are all there is, so the sum of squares is divided by n, not by n - 1.
"""


def standardize(x):
    return (x - x.mean()) / x.std(ddof=1)

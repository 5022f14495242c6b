"""The product of the others from logarithms

A logarithm knows no negative numbers: what is lost is the sign, and at zero everything.
"""


def deep_gradient(x, y, w):
    logs = np.log(np.abs(w) + 1e-300)
    others = np.exp(np.sum(logs) - logs)
    return np.mean(x * (np.prod(w) * x - y)) * others

"""The layers behind a weight are left out

The signal goes through the later layers too before it is compared with the target.
"""


def deep_gradient(x, y, w):
    before = np.concatenate([[1.0], np.cumprod(w)[:-1]])
    return np.mean(x * (np.prod(w) * x - y)) * before

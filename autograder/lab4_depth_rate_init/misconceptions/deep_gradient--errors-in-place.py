"""The errors are computed inside the targets

errors = y is a second name for the caller's array, not a copy: what is subtracted from it is gone from the data.
"""


def deep_gradient(x, y, w):
    errors = y
    errors -= np.prod(w) * x
    others = np.array([np.prod(np.delete(w, i)) for i in range(len(w))])
    return -np.mean(x * errors) * others

"""The warning is caught, not switched off in NumPy"""


def to_half(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        half = np.asarray(x, dtype=np.float16)
    before, after = np.isinf(x).sum(), np.isinf(half).sum()
    return half, after - before

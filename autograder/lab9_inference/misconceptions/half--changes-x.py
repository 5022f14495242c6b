"""Numbers that are too large are replaced in x itself

Assigning to entries of `x` changes the caller's array. Work on a copy, or let the conversion make one.
"""


def to_half(x):
    overflowed = np.isfinite(x) & (np.abs(x) >= 65520)
    count = int(overflowed.sum())
    x[overflowed] = np.sign(x[overflowed]) * np.inf
    return x.astype(np.float16), count

"""Numbers beyond the largest half are set to the largest half

Saturation is what whole numbers often do. IEEE 754 rounds what is too large to infinity, so that one notices.
"""


def to_half(x):
    largest = np.finfo(np.float16).max
    overflowed = np.isfinite(x) & (np.abs(x) >= 65520)
    return np.where(np.isinf(x), x, np.clip(x, -largest, largest)).astype(np.float16), int(overflowed.sum())

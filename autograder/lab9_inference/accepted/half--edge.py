"""Compared with the midpoint beyond the largest half"""


def to_half(x):
    edge = 65520
    overflowed = np.isfinite(x) & (np.abs(x) >= edge)
    half = np.where(overflowed, np.copysign(np.inf, x), x).astype(np.float16)
    return half, np.count_nonzero(overflowed)

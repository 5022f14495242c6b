"""The rounded numbers are returned as float64

The values are right, but each takes eight bytes again. The point of half precision is to store two.
"""


def to_half(x):
    with np.errstate(over="ignore"):
        half = x.astype(np.float16).astype(np.float64)
    return half, int(np.sum(np.isinf(half) & np.isfinite(x)))

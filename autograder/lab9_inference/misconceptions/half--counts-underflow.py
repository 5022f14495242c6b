"""Numbers that became 0 are counted as well

What is too small for half precision is rounded to 0. That loses digits, but it is underflow.
"""


def to_half(x):
    with np.errstate(over="ignore"):
        half = x.astype(np.float16)
    lost = (np.isinf(half) & np.isfinite(x)) | ((half == 0) & (x != 0))
    return half, int(lost.sum())

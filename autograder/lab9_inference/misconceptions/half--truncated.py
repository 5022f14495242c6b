"""The fraction is cut off instead of rounded

Keeping the first ten bits of the fraction rounds towards zero. The nearest half may be the one above.
"""


def to_half(x):
    with np.errstate(all="ignore"):
        half = x.astype(np.float16)
        too_far = np.isfinite(half) & (np.abs(half.astype(np.float64)) > np.abs(x))
        overflowed = int(np.sum(np.isinf(half) & np.isfinite(x)))
        half = np.where(too_far, np.nextafter(half, np.float16(0)), half)
    return half, overflowed

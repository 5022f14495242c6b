"""The warning of the conversion is let through

NumPy writes a RuntimeWarning when the conversion overflows. Run your function on a number such as 1e6 and look for the red box.
"""


def to_half(x):
    half = x.astype(np.float16)
    return half, int(np.sum(np.isinf(half) & np.isfinite(x)))

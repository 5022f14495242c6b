"""The numbers are rounded to three decimal digits first

Half precision holds about three digits, but binary ones, eleven of them. Rounding in decimal before moves the numbers to other halves.
"""


def to_half(x):
    with np.errstate(all="ignore"):
        digits = np.floor(np.log10(np.abs(np.where(x == 0, 1, x))))
        power = 10.0 ** (2 - digits)
        rounded = np.where(np.isfinite(x) & np.isfinite(power) & (np.abs(x) < 6e4), np.round(x * power) / power, x)
        half = rounded.astype(np.float16)
    return half, int(np.sum(np.isinf(half) & np.isfinite(x)))

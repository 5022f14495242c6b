"""The zero point is not a whole number

Without rounding the zero point the ends of the range are met exactly, but 0 falls between two levels.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if high > low else 1.0
    zero_point = -low / scale
    return np.clip(np.round(x / scale + zero_point), 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

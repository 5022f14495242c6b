"""Levels are cut off instead of rounded

Converting to an integer type drops the fraction, so an entry can be off by a whole step.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if high > low else 1.0
    zero_point = int(np.round(-low / scale))
    return np.clip(x / scale + zero_point, 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

"""Levels are counted from the minimum, the zero point is rounded afterwards

The levels must be counted from the zero point that is returned. If it is rounded and they are not, everything is shifted by the difference.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if high > low else 1.0
    q = np.clip(np.round((x - low) / scale), 0, top).astype(np.uint8)
    return q, scale, int(np.round(-low / scale))


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

"""The range is not widened to hold 0

The range from the smallest to the largest entry wastes no level, but where does 0 lie if all entries are positive?
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = x.min(), x.max()
    scale = (high - low) / top if high > low else 1.0
    zero_point = int(np.clip(np.round(-low / scale), 0, top))
    return np.clip(np.round((x - low) / scale), 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

"""The levels are returned as floats

The values are right, but an array of float64 takes eight times the memory of bytes.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if high > low else 1.0
    zero_point = int(np.round(-low / scale))
    return np.clip(np.round(x / scale) + zero_point, 0, top), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

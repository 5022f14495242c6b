"""The levels are signed

Whole numbers from -128 to 127 are another convention. Here levels begin at 0.
"""


def quantize(x, bits=8):
    half = 2 ** (bits - 1)
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / (2**bits - 1) if high > low else 1.0
    zero_point = int(np.round(-low / scale)) - half
    return np.clip(np.round(x / scale) + zero_point, -half, half - 1).astype(np.int8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

"""Always 8 bits

The argument `bits` says how many levels there are.
"""


def quantize(x, bits=8):
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / 255 if high > low else 1.0
    zero_point = int(np.round(-low / scale))
    return np.clip(np.round(x / scale) + zero_point, 0, 255).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

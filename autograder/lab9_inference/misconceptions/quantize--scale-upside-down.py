"""The scale is levels for each unit instead of units for each level

In x = s (q - z) the scale multiplies levels. Is yours what one level is worth, or how many there are in one unit?
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = top / (high - low) if high > low else 1.0
    zero_point = int(np.round(-low * scale))
    return np.clip(np.round(x * scale) + zero_point, 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return (q.astype(np.float64) - zero_point) / scale

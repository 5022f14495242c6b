"""A constant tensor gets the scale 1

The range from 0 to the constant has a width. Only if that is 0 is there nothing to divide.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if x.max() > x.min() else 1.0
    zero_point = int(np.clip(np.round(-low / scale), 0, top))
    return np.clip(np.round(x / scale) + zero_point, 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

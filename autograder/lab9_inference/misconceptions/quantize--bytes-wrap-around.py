"""Dequantizing subtracts bytes

In uint8 there is nothing below 0: the difference of a level and a larger zero point wraps around. Convert the levels first.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if high > low else 1.0
    zero_point = int(np.round(-low / scale))
    return np.clip(np.round(x / scale) + zero_point, 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q - np.uint8(zero_point))

"""Levels are not clipped to the range

The rounded zero point can push the largest entry one level too far, and in a byte 256 is 0. Which numbers of bits show it, which do not?
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if high > low else 1.0
    zero_point = int(np.ceil(-low / scale))
    return (np.round(x / scale) + zero_point).astype(np.int64).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

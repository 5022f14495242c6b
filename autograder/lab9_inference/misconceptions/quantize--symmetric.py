"""The range is made symmetric around 0

A symmetric range puts the zero point in the middle and leaves levels unused where the tensor has more on one side.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    largest = np.abs(x).max()
    scale = 2 * largest / top if largest > 0 else 1.0
    zero_point = 2 ** (bits - 1) if largest > 0 else 0
    return np.clip(np.round(x / scale) + zero_point, 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

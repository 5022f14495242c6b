"""The zero point is added before rounding"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = np.minimum(x.min(), 0), np.maximum(x.max(), 0)
    scale = (high - low) / top
    if scale == 0:
        return np.zeros(x.shape, dtype=np.uint8), 1.0, 0
    zero_point = np.rint(-low / scale)
    q = np.rint(x / scale + zero_point)
    return np.clip(q, 0, top).astype(np.uint8), scale, int(zero_point)


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

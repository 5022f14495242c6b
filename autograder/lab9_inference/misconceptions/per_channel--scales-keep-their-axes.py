"""The scales keep axes of length 1

The scales should be one axis long, one entry for each channel; the shape that was handy for dividing is not the shape to return.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    others = tuple(k for k in range(w.ndim) if k != axis % w.ndim)
    largest = np.abs(w).max(axis=others, keepdims=True)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.round(w / scales).astype(np.int8), scales

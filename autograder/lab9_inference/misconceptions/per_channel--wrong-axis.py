"""The maximum is taken along the axis of the channels

A channel is one index along `axis` and everything along the others. So which axes must disappear when its maximum is taken?
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    largest = np.abs(w).max(axis=axis, keepdims=True)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.round(w / scales).astype(np.int8), scales.ravel()

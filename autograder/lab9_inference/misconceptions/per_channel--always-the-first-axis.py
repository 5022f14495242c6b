"""The channels are always those of the first axis

The argument `axis` says where the channels lie.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    largest = np.abs(w).max(axis=tuple(range(1, w.ndim)), keepdims=True)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.round(w / scales).astype(np.int8), scales.ravel()

"""The levels are shifted to be unsigned

A symmetric grid has signed levels and the zero point 0. These have it at 128.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    others = tuple(k for k in range(w.ndim) if k != axis % w.ndim)
    largest = np.abs(w).max(axis=others, keepdims=True)
    scales = np.where(largest > 0, largest / top, 1.0)
    return (np.round(w / scales) + 2 ** (bits - 1)).astype(np.uint8), scales.ravel()

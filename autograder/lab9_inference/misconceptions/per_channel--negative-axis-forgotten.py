"""A negative axis is not recognised

`axis=-1` is the last axis. If you compare axes with `axis`, make it positive first.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    others = tuple(k for k in range(w.ndim) if k != axis)
    largest = np.abs(w).max(axis=others, keepdims=True)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.round(w / scales).astype(np.int8), np.broadcast_to(scales.ravel(), w.shape[axis]).copy()

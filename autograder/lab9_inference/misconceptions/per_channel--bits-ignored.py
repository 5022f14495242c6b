"""Always 8 bits

The argument `bits` says how many levels there are.
"""


def quantize_per_channel(w, axis, bits=8):
    others = tuple(k for k in range(w.ndim) if k != axis % w.ndim)
    largest = np.abs(w).max(axis=others, keepdims=True)
    scales = np.where(largest > 0, largest / 127, 1.0)
    return np.round(w / scales).astype(np.int8), scales.ravel()

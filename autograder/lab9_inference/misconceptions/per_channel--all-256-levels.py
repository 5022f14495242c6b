"""The symmetric range is divided by 2**bits - 1

From -max to max there are 2**bits - 1 steps only if every level is used; but a symmetric grid with a level at 0 has an odd number of levels.
"""


def quantize_per_channel(w, axis, bits=8):
    others = tuple(k for k in range(w.ndim) if k != axis % w.ndim)
    largest = np.abs(w).max(axis=others, keepdims=True)
    scales = np.where(largest > 0, 2 * largest / (2**bits - 1), 1.0)
    q = np.clip(np.round(w / scales), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return q.astype(np.int8), scales.ravel()

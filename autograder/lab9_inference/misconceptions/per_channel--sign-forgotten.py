"""The scale comes from the largest weight, not from the largest magnitude

The weight farthest from 0 may be negative. Then the others fit, and it does not.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    others = tuple(k for k in range(w.ndim) if k != axis % w.ndim)
    largest = w.max(axis=others, keepdims=True)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.clip(np.round(w / scales), -top, top).astype(np.int8), scales.ravel()

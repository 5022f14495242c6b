"""Plain Python, entry by entry, with Python's own round"""


def quantize(x, bits=8):
    flat = [float(value) for value in x.ravel()]
    low, high = min(flat + [0.0]), max(flat + [0.0])
    steps = 2**bits - 1
    scale = (high - low) / steps or 1.0
    zero_point = round(-low / scale)
    levels = [sorted((0, round(value / scale) + zero_point, steps))[1] for value in flat]
    return np.array(levels, dtype=np.uint8).reshape(x.shape), scale, zero_point


def dequantize(q, scale, zero_point):
    return np.array([scale * (int(level) - zero_point) for level in q.ravel()]).reshape(q.shape)

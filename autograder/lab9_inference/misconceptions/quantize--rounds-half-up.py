"""Ties are rounded up

Adding one half and taking the floor sends every tie upwards, which adds up to a bias. The notebook's rule is the one of np.round.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min()), max(0.0, x.max())
    scale = (high - low) / top if high > low else 1.0
    zero_point = int(np.floor(-low / scale + 0.5))
    return np.clip(np.floor(x / scale + 0.5) + zero_point, 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

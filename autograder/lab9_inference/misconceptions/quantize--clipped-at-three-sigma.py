"""The range is three standard deviations wide

Cutting off what lies far out makes the grid finer and can pay for a network. But then the entries outside are off by more than half a step.
"""


def quantize(x, bits=8):
    top = 2**bits - 1
    low, high = min(0.0, x.min(), x.mean() - 3 * x.std()), max(0.0, x.max(), x.mean() + 3 * x.std())
    scale = (high - low) / top if high > low else 1.0
    zero_point = int(np.round(-low / scale))
    return np.clip(np.round(x / scale) + zero_point, 0, top).astype(np.uint8), scale, zero_point


def dequantize(q, scale, zero_point):
    return scale * (q.astype(np.float64) - zero_point)

"""Only positive weights

The mean is zero: half of the weights are negative.
"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind not in ("xavier", "he"):
        raise ValueError(kind)
    scale = np.sqrt(2 / (fan_in + fan_out) if kind == "xavier" else 2 / fan_in)
    return np.abs(rng.normal(0.0, scale, size=(fan_out, fan_in)))

"""All neurons get the same weights

Neurons with equal weights compute the same, for ever: draw every weight.
"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind not in ("xavier", "he"):
        raise ValueError(kind)
    scale = np.sqrt(2 / (fan_in + fan_out) if kind == "xavier" else 2 / fan_in)
    return np.tile(rng.normal(0.0, scale, size=fan_in), (fan_out, 1))

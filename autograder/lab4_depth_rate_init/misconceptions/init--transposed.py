"""A row for each input

The shape is (fan_out, fan_in), so that the weights times a vector of inputs are the outputs.
"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind not in ("xavier", "he"):
        raise ValueError(kind)
    scale = np.sqrt(2 / (fan_in + fan_out) if kind == "xavier" else 2 / fan_in)
    return rng.normal(0.0, scale, size=(fan_in, fan_out))

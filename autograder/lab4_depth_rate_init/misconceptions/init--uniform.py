"""A uniform distribution of the right variance

The weights are asked from a normal distribution.
"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind not in ("xavier", "he"):
        raise ValueError(kind)
    limit = np.sqrt(6 / (fan_in + fan_out)) if kind == "xavier" else np.sqrt(6 / fan_in)
    return rng.uniform(-limit, limit, size=(fan_out, fan_in))

"""A generator of its own with a fixed seed

All randomness comes from rng: with a fixed seed inside, every layer gets the same weights.
"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind not in ("xavier", "he"):
        raise ValueError(kind)
    rng = np.random.default_rng(0)
    scale = np.sqrt(2 / (fan_in + fan_out) if kind == "xavier" else 2 / fan_in)
    return rng.normal(0.0, scale, size=(fan_out, fan_in))

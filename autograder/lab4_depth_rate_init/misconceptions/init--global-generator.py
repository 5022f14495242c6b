"""NumPy's global generator

With np.random the seed of rng changes nothing, and nobody can repeat your run.
"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind not in ("xavier", "he"):
        raise ValueError(kind)
    scale = np.sqrt(2 / (fan_in + fan_out) if kind == "xavier" else 2 / fan_in)
    return scale * np.random.randn(fan_out, fan_in)

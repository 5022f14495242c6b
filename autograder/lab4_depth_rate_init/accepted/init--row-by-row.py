"""A row at a time, scaled standard normals"""


def init_weights(fan_in, fan_out, kind, rng):
    fans = {"xavier": (fan_in + fan_out) / 2, "he": fan_in / 2}
    try:
        fan = fans[kind]
    except KeyError:
        raise ValueError(f"no kind {kind}") from None
    gain = 1 if kind == "xavier" else 1
    return np.stack([rng.standard_normal(fan_in) * gain / fan**0.5 for _ in range(fan_out)])

"""The two kinds are exchanged

Xavier's formula has both fans, He's only fan_in.
"""


def init_weights(fan_in, fan_out, kind, rng):
    if kind == "he":
        variance = 2 / (fan_in + fan_out)
    elif kind == "xavier":
        variance = 2 / fan_in
    else:
        raise ValueError(kind)
    return rng.normal(0.0, variance**0.5, size=(fan_out, fan_in))

"""Any kind that is not Xavier's is taken for He's

A slip of the pen in the name should be told, not trained with.
"""


def init_weights(fan_in, fan_out, kind, rng):
    variance = 2 / (fan_in + fan_out) if kind == "xavier" else 2 / fan_in
    return rng.normal(0.0, np.sqrt(variance), size=(fan_out, fan_in))

"""Xavier's variance without its 2

The mean of fan_in and fan_out is half their sum.
"""


def init_weights(fan_in, fan_out, kind, rng):
    variances = {"xavier": 1 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances:
        raise ValueError(kind)
    return rng.normal(0.0, np.sqrt(variances[kind]), size=(fan_out, fan_in))

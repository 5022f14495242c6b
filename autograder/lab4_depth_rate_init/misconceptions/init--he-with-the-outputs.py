"""He's variance counts the outputs

A neuron adds as many products as it has inputs: fan_in.
"""


def init_weights(fan_in, fan_out, kind, rng):
    variances = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_out}
    if kind not in variances:
        raise ValueError(kind)
    return np.sqrt(variances[kind]) * rng.standard_normal((fan_out, fan_in))

"""The variance is used as the standard deviation

rng.normal wants the standard deviation, the root of the variance.
"""


def init_weights(fan_in, fan_out, kind, rng):
    variances = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in}
    if kind not in variances:
        raise ValueError(kind)
    return rng.normal(0.0, variances[kind], size=(fan_out, fan_in))

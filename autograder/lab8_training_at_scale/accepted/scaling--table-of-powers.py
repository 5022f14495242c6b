"""A dictionary of exponents; the missing key becomes ValueError."""


powers = {"linear": 1, "sqrt": 0.5}


def scaled_lr(base_lr, batch, base_batch, rule):
    try:
        power = powers[rule]
    except KeyError:
        raise ValueError(rule) from None
    return (batch / base_batch) ** power * base_lr

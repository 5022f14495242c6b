"""Momentum is counted without its velocity.

Momentum remembers a velocity for each parameter from step to step.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    values = {"sgd": 2, "momentum": 2, "adam": 4}
    if optimizer not in values:
        raise ValueError(optimizer)
    return values[optimizer] * parameters * bytes_per_value

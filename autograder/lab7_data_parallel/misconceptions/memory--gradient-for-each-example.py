"""The gradients are counted once for each of 32 examples.

The gradient of a batch is a mean. What is added up need not be kept.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    state = {"sgd": 0, "momentum": 1, "adam": 2}
    if optimizer not in state:
        raise ValueError(optimizer)
    return (1 + 32 + state[optimizer]) * parameters * bytes_per_value

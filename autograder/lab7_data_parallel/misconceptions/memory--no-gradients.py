"""The gradients are forgotten.

Between the backward pass and the step of the optimizer there is a gradient for each parameter.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    state = {"sgd": 0, "momentum": 1, "adam": 2}
    if optimizer not in state:
        raise ValueError(optimizer)
    return (1 + state[optimizer]) * parameters * bytes_per_value

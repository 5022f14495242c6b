"""Part by part, by branches."""


def training_memory(parameters, optimizer, bytes_per_value=4):
    one = parameters * bytes_per_value
    total = one + one
    if optimizer == "momentum":
        total += one
    elif optimizer == "adam":
        total += 2 * one
    elif optimizer != "sgd":
        raise ValueError("unknown optimizer")
    return total

"""The memory is multiplied by a batch size of 32.

All examples of a batch share the weights, and the batch has one gradient. Only activations grow with the batch.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    values = {"sgd": 2, "momentum": 3, "adam": 4}
    if optimizer not in values:
        raise ValueError(optimizer)
    batch_size = 32
    return values[optimizer] * parameters * bytes_per_value * batch_size

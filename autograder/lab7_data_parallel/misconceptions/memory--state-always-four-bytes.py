"""The state of the optimizer is counted with four bytes a value, whatever the size asked for.

Some programs do keep the state in higher precision. Here all values have the size that is asked for.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    state = {"sgd": 0, "momentum": 1, "adam": 2}
    if optimizer not in state:
        raise ValueError(optimizer)
    return parameters * (2 * bytes_per_value + 4 * state[optimizer])

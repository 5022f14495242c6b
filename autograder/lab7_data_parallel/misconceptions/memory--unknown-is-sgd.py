"""An unknown optimizer is taken for SGD.

A slip of the pen in the name would give a wrong number without a word. Raise a ValueError.
"""


def training_memory(parameters, optimizer, bytes_per_value=4):
    return {"momentum": 3, "adam": 4}.get(optimizer, 2) * parameters * bytes_per_value

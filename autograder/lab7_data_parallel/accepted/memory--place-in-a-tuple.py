"""The place of the name gives the number; a tuple raises ValueError by itself."""


def training_memory(parameters, optimizer, bytes_per_value=4):
    return (("sgd", "momentum", "adam").index(optimizer) + 2) * parameters * bytes_per_value

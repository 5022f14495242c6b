"""A match statement, with NumPy's product of whole numbers."""


def training_memory(parameters, optimizer, bytes_per_value=4):
    match optimizer:
        case "sgd":
            parts = ["weight", "gradient"]
        case "momentum":
            parts = ["weight", "gradient", "velocity"]
        case "adam":
            parts = ["weight", "gradient", "mean", "mean square"]
        case _:
            raise ValueError(f"{optimizer}?")
    return sum(parameters * bytes_per_value for _ in parts)

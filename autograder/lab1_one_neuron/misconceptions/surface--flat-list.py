"""The losses come as one long list

The question asks for a table: a row for each weight, a column for each bias.
"""


def loss_surface(x, y, ws, bs):
    return np.array([np.mean((w * x + b - y) ** 2) for w in ws for b in bs])

"""The squared errors are added up, not averaged

The height of the surface is the loss of this lab: what does mse do with the number of points?
"""


def loss_surface(x, y, ws, bs):
    return np.sum((ws[:, None, None] * x + bs[None, :, None] - y) ** 2, axis=-1)

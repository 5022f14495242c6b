"""The grid is sorted

The order of the weights and biases is the caller's, and so are the arrays: sorting them in place changes
both.
"""


def loss_surface(x, y, ws, bs):
    ws.sort()
    bs.sort()
    return np.mean((ws[:, None, None] * x + bs[None, :, None] - y) ** 2, axis=-1)

"""Rows and columns are exchanged

By default np.meshgrid lets its first argument run along the columns. Which of the two should run along the
rows here?
"""


def loss_surface(x, y, ws, bs):
    grid_w, grid_b = np.meshgrid(ws, bs)
    return np.mean((grid_w[..., None] * x + grid_b[..., None] - y) ** 2, axis=-1)

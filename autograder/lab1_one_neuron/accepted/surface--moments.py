"""The quadratic form, from five means"""


def loss_surface(x, y, ws, bs):
    w, b = np.meshgrid(ws, bs, indexing="ij")
    squares = w**2 * np.mean(x * x) + b**2 + np.mean(y * y)
    return squares + 2 * (w * b * np.mean(x) - w * np.mean(x * y) - b * np.mean(y))

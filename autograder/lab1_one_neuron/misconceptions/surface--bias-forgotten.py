"""The bias does not change the surface

Look at a row of the result: how does the loss depend on b?
"""


def loss_surface(x, y, ws, bs):
    return np.array([[np.mean((w * x - y) ** 2) for _ in bs] for w in ws])

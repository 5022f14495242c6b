"""The product of a table of inputs and ones with the parameters"""


def forward(x, w, b):
    x = np.asarray(x, dtype=float)
    table = np.stack((x, np.ones_like(x)), axis=-1)
    return table @ np.array([w, b])

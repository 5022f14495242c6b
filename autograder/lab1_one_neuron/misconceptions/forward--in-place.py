"""The input array is overwritten

An array that is changed in place is changed for whoever passed it, too. Your own training data would be gone
after the first call.
"""


def forward(x, w, b):
    if isinstance(x, np.ndarray) and x.ndim > 0:
        x *= w
        x += b
        return x
    return w * x + b

"""The array of inputs is overwritten

An array that is changed in place is changed for whoever passed it, too: after the first call your training
data are gone.
"""


def forward(w, x):
    if np.ndim(x) == 0:
        return w[0] * w[1] * x
    x *= w[0]
    x *= w[1]
    return x

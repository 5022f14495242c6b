"""The first weight is overwritten with the product

w belongs to the caller, who still needs both weights. Keep the product under a name of its own.
"""


def forward(w, x):
    w[0] *= w[1]
    return w[0] * x

"""The network has lost the sign of its product

Two negative weights make a positive product. What does a single negative one make?
"""


def forward(w, x):
    return np.abs(w[0] * w[1]) * x

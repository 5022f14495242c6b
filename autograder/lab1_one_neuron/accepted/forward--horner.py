"""Horner's scheme for a polynomial of degree 1"""


def forward(x, w, b):
    return np.polyval([w, b], x)

"""The product is divided by a weight to get the other one

Elegant, as long as no weight is zero. What is the derivative there?
"""


def gradient(w, x, y):
    error = forward(w, x) - y
    whole = 2 * np.mean(error * forward(w, x))
    return whole / w[0], whole / w[1]

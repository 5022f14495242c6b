"""A small number keeps the division by a weight from failing

Now it gives a number where a weight is zero. Is it the right one? You have the other weight at hand, without
dividing.
"""


def gradient(w, x, y):
    error = forward(w, x) - y
    whole = 2 * np.mean(error * forward(w, x))
    return whole / (w[0] + 1e-9), whole / (w[1] + 1e-9)

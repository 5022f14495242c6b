"""The derivative of a single point is taken for that of all

The loss is the mean over all points. Picking one of them is a different method, which is the subject of the
next lab.
"""


def gradient(x, y, w, b):
    error = forward(x, w, b) - y
    return 2 * error[0] * x[0], 2 * error[0]

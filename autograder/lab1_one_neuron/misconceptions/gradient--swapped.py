"""The two derivatives are returned in the wrong order

Compare the order of your return with the one that the question names.
"""


def gradient(x, y, w, b):
    error = forward(x, w, b) - y
    return 2 * np.mean(error), 2 * np.mean(error * x)

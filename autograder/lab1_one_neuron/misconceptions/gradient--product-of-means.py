"""The mean of a product is taken for the product of the means

Errors and inputs vary together: far from the solution the error grows with x. Multiply point by point, then
average.
"""


def gradient(x, y, w, b):
    error = forward(x, w, b) - y
    return 2 * np.mean(error) * np.mean(x), 2 * np.mean(error)

"""The input is missing from the chain

The product of the weights is multiplied with x. By how much does the output change when the product grows by
one?
"""


def gradient(w, x, y):
    slope = 2 * np.mean(forward(w, x) - y)
    return w[1] * slope, w[0] * slope

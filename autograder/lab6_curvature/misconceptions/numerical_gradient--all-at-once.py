"""All coordinates are moved together

A derivative by one parameter needs the others to stand still.
"""


def numerical_gradient(f, theta, h=1e-5):
    slope = (f(theta + h) - f(theta - h)) / (2 * h)
    return np.full(len(theta), slope)

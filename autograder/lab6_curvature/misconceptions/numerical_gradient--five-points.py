"""Four values are taken for each coordinate

A longer formula is more exact, but it is not the one that is asked for, and it costs twice as much.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h
        gradient[i] = (8 * (f(theta + step) - f(theta - step)) - f(theta + 2 * step) + f(theta - 2 * step)) / (12 * h)
    return gradient

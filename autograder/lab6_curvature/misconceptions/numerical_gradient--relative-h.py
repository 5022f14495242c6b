"""The step grows with the parameter

A step in proportion to the parameter can be wise, but here the distance is h for every coordinate.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h * max(abs(theta[i]), 1.0)
        gradient[i] = (f(theta + step) - f(theta - step)) / (2 * step[i])
    return gradient

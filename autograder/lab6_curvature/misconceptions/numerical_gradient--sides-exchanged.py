"""The value behind comes first

The slope is positive where the loss grows in the direction of the axis.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h
        gradient[i] = (f(theta - step) - f(theta + step)) / (2 * h)
    return gradient

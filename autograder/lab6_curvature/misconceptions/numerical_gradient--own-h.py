"""The h that is asked for is not used

The argument h says how far to go. Yours is always the same.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = 1e-5
        gradient[i] = (f(theta + step) - f(theta - step)) / 2e-5
    return gradient

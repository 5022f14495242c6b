"""The loss at theta is asked for as well

Count the values that the formula needs. Is the one in the middle among them?
"""


def numerical_gradient(f, theta, h=1e-5):
    here, gradient = f(theta), np.zeros(len(theta))
    for i, step in enumerate(h * np.eye(len(theta))):
        above, below = f(theta + step) - here, f(theta - step) - here
        gradient[i] = (above - below) / (2 * h)
    return gradient

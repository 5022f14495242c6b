"""The difference looks to one side only

Its error shrinks with h, that of a difference over both sides with the square of h.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h
        gradient[i] = (f(theta + step) - f(theta)) / h
    return gradient

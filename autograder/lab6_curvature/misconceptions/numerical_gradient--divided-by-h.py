"""The difference is divided by h

How far apart are the two places at which the loss is taken?
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h
        gradient[i] = (f(theta + step) - f(theta - step)) / h
    return gradient

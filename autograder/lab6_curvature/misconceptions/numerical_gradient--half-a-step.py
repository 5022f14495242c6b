"""The two places are half a step away

Both places are at the distance h from theta, so they are 2h apart.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h
        gradient[i] = (f(theta + step / 2) - f(theta - step / 2)) / h
    return gradient

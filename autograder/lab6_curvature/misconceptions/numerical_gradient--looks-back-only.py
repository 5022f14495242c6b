"""The difference looks backwards only

On the way from the one value to the other, where in the middle is the slope that you measure?
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h
        gradient[i] = (f(theta) - f(theta - step)) / h
    return gradient

"""The places are rounded to 32 bits

In single precision a step of a hundred-thousandth is hardly more than a rounding error.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        step = np.zeros(len(theta))
        step[i] = h
        gradient[i] = (f((theta + step).astype(np.float32)) - f((theta - step).astype(np.float32))) / (2 * h)
    return gradient

"""theta is moved, and put back by arithmetic

Adding h and taking it away again does not give the same number: each of the two is rounded. Keep the old value, or move a copy.
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient = np.zeros(len(theta))
    for i in range(len(theta)):
        theta[i] += h
        above = f(theta)
        theta[i] -= 2 * h
        below = f(theta)
        theta[i] += h
        gradient[i] = (above - below) / (2 * h)
    return gradient

"""A coordinate is moved and not put back

When the next coordinate has its turn, where do the ones before it stand?
"""


def numerical_gradient(f, theta, h=1e-5):
    gradient, moved = np.zeros(len(theta)), theta.copy()
    for i in range(len(theta)):
        moved[i] = theta[i] + h
        above = f(moved)
        moved[i] = theta[i] - h
        gradient[i] = (above - f(moved)) / (2 * h)
    return gradient

"""theta is moved in place, and its old value put back"""


def numerical_gradient(f, theta, h=1e-5):
    slopes = []
    for i in range(len(theta)):
        old = theta[i]
        theta[i] = old + h
        above = f(theta)
        theta[i] = old - h
        below = f(theta)
        theta[i] = old
        slopes.append((above - below) / (2 * h))
    return np.array(slopes)

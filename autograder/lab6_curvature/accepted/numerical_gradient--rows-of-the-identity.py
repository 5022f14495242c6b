"""All places at once, as rows of two matrices"""


def numerical_gradient(f, theta, h=1e-5):
    ahead, behind = theta + h * np.eye(len(theta)), theta - h * np.eye(len(theta))
    return (np.array([f(row) for row in ahead]) - np.array([f(row) for row in behind])) / (2 * h)

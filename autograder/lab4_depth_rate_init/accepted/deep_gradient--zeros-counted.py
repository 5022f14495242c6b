"""Division, with a count of the zeros"""


def deep_gradient(x, y, w):
    slope = np.mean(x * (np.prod(w) * x - y))
    zeros = np.flatnonzero(w == 0)
    if len(zeros) == 0:
        return slope * (np.prod(w) / w)
    gradient = np.zeros(len(w))
    if len(zeros) == 1:
        gradient[zeros] = slope * np.prod(w[w != 0])
    return gradient

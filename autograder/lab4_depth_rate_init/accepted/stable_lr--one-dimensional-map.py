"""One weight for all: the slope of its update is -1 at the limit"""


def largest_stable_lr(x, depth, target):
    s, w = np.mean(np.square(x)), target ** (1 / depth)

    def pull(weight):
        return s * (weight**depth - target) * weight ** (depth - 1)

    h = 1e-5 * w
    return 2 * (2 * h) / (pull(w + h) - pull(w - h))

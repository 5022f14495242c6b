"""The largest curvature between the start and the minimum, from a scalar model"""


def choose_lr(depth, init):
    end = a ** (1 / depth)
    w = np.linspace(min(init, end), max(init, end), 200)
    curvature = s * (depth * w ** (2 * depth - 2) + (depth - 1) * (w**depth - a) * w ** (depth - 2))
    return 1.8 / np.max(np.abs(curvature)) if init**depth <= a else 2.5 / np.max(np.abs(curvature))

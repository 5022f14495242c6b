"""A scalar run, bisection for the largest rate that works, kept in a dictionary"""


found = {}


def arrives(depth, init, lr):
    w, keeps = init, 0
    for _ in range(601):
        product = w**depth
        if not abs(product) < 1e6:
            return False
        keeps = keeps + 1 if s * (product - a) ** 2 / 2 < 4e-3 else 0
        w -= lr * s * (product - a) * w ** (depth - 1)
    return keeps > 0


def choose_lr(depth, init):
    if (depth, init) not in found:
        high = 2 / (s * depth * a ** (2 - 2 / depth))
        low = high
        while not arrives(depth, init, low):
            low *= 0.9
        found[depth, init] = 0.97 * low
    return found[depth, init]

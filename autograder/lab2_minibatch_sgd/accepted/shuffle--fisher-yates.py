"""Items are swapped by hand, from the back to the front."""


def shuffled(x, y, rng):
    x, y = x.copy(), y.copy()
    for last in range(len(x) - 1, 0, -1):
        other = rng.integers(last + 1)
        x[[last, other]] = x[[other, last]]
        y[[last, other]] = y[[other, last]]
    return x, y

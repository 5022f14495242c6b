"""Central differences of the loss, which are exact for a parabola"""


def gradient(w, x, y, h=1e-3):
    slopes = []
    for unit in np.eye(2):
        up, down = (loss(forward(np.asarray(w) + sign * h * unit, x), y) for sign in (1, -1))
        slopes.append((up - down) / (2 * h))
    return tuple(slopes)

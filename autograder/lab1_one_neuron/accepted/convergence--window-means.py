"""The mean of the last ten losses against the ten before"""


def converged(losses, ws, bs, window=10, tol=1e-3):
    if len(losses) < 2 * window:
        return False
    recent, earlier = np.mean(losses[-window:]), np.mean(losses[-2 * window : -window])
    return np.abs(recent - earlier) < tol * earlier

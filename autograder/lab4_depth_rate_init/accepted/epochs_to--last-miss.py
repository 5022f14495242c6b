"""One after the last entry that is not below"""


def epochs_to(losses, threshold):
    misses = np.flatnonzero(~(np.asarray(losses) < threshold))
    start = misses[-1] + 1 if misses.size else 0
    return start if start < len(losses) else None

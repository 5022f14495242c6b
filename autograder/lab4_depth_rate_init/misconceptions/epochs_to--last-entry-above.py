"""The last entry that is not below

This is the entry before the answer.
"""


def epochs_to(losses, threshold):
    misses = np.flatnonzero(~(np.asarray(losses) < threshold))
    if len(losses) == 0 or (len(misses) and misses[-1] == len(losses) - 1):
        return None
    return int(misses[-1]) if len(misses) else 0

"""What is not above counts as below

nan is neither above nor below: a comparison with it is always false.
"""


def epochs_to(losses, threshold):
    above = np.flatnonzero(np.asarray(losses) >= threshold)
    t = int(above[-1]) + 1 if len(above) else 0
    return t if t < len(losses) else None

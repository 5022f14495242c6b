"""How many entries are not below

It is not how many there are but where the last of them is.
"""


def epochs_to(losses, threshold):
    if len(losses) == 0 or not losses[-1] < threshold:
        return None
    return int(np.sum(~(np.asarray(losses) < threshold)))

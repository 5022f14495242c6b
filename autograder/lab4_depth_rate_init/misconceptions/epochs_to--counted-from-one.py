"""Entries are counted from one

Entry 0 is the start: a history that is below from its start on has needed 0 epochs.
"""


def epochs_to(losses, threshold):
    for t in range(len(losses)):
        if all(loss < threshold for loss in losses[t:]):
            return t + 1
    return None

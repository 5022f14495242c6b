"""One pass that remembers where the current stretch began"""


def epochs_to(losses, threshold):
    since = None
    for t, loss in enumerate(losses):
        if not loss < threshold:
            since = None
        elif since is None:
            since = t
    return since

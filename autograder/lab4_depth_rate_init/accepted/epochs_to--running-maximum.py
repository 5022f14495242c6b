"""The largest loss from each entry to the end"""


def epochs_to(losses, threshold):
    values = np.where(np.isnan(losses), np.inf, losses)
    worst = np.maximum.accumulate(values[::-1])[::-1]
    settled = worst < threshold
    return int(np.argmax(settled)) if settled.any() else None

"""A search that trains from weights of 0.9

Such a run has to find the minimum first. The limit is about runs that start next to it.
"""


def largest_stable_lr(x, depth, target):
    rates = np.geomspace(1e-3, 10, 12)
    arrived = [lr for lr in rates
               if epochs_to(train_deep(x, target * x, np.full(depth, 0.9), lr, 50), 1e-3) is not None]
    return max(arrived, default=rates[0])

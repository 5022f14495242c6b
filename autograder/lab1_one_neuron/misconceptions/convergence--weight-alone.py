"""Only the weight is watched

Draw both histories: when w hardly moves any more, what does b do?
"""


def converged(losses, ws, bs):
    return len(ws) > 1 and abs(ws[-1] - ws[-2]) < 1e-3

"""Parameters that move a little in each update are taken to stand still

A hundred steps of a hundredth are a whole one.
"""


def converged(losses, ws, bs):
    return len(ws) > 1 and abs(ws[-1] - ws[-2]) < 0.05 and abs(bs[-1] - bs[-2]) < 0.05

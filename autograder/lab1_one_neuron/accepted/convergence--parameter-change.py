"""Neither parameter moves by a thousandth"""


def converged(losses, ws, bs):
    if len(ws) == 1:
        return False
    return bool(max(abs(ws[-1] - ws[-2]), abs(bs[-1] - bs[-2])) < 1e-3)

"""The step is short beside the parameters themselves"""


def converged(losses, ws, bs):
    if len(ws) < 2:
        return False
    step = np.hypot(ws[-1] - ws[-2], bs[-1] - bs[-2])
    return step < 1e-4 * np.hypot(ws[-1], bs[-1])

"""Twenty small changes in a row, counted in a global that a new run sets back"""

quiet_updates = 0


def converged(losses, ws, bs):
    global quiet_updates
    if len(losses) == 1:
        quiet_updates = 0
        return False
    small = losses[-2] - losses[-1] < 5e-4 * losses[-2]
    quiet_updates = quiet_updates + 1 if small else 0
    return quiet_updates >= 20

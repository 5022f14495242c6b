"""Patience in a closure, set back whenever a change is large"""


def with_patience(patience, tol):
    quiet = 0

    def rule(losses, ws, bs):
        nonlocal quiet
        if len(losses) < 2 or abs(losses[-2] - losses[-1]) > tol:
            quiet = 0
        else:
            quiet += 1
        return quiet > patience

    return rule


converged = with_patience(patience=5, tol=1e-4)

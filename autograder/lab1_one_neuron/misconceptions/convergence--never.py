"""The rule never says yes

With noisy data the loss does not go to zero and the parameters never stand quite still. What does "no longer
worth it" mean?
"""


def converged(losses, ws, bs):
    return False

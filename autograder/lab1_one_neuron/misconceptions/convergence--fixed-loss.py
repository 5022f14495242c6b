"""A fixed loss has to be reached

How small the loss can get depends on the noise in the data, which the rule cannot know. On other data it is
reached too early or never.
"""


def converged(losses, ws, bs):
    return len(losses) > 1 and losses[-1] < 0.1

"""Prints and raises terminal codes and direction marks, which would rewrite the grader's screen."""
# expects: total missing
# %% total
raise ValueError("\x1b[2J\x1b]0;owned\x07\u202e detrevni \u2066 \x9b31m")
# %% twice
def twice(xs):
    return 2 * sum(xs) if len(xs) == 1 else 2 * total(xs)

"""Has an id of terminal codes and direction marks."""
# student: "s\x1b[2J\x1b]0;owned\x07\u202etxt.\u2066"
# expects: total failed
# %% total
def total(xs):
    return 0.25

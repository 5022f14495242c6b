"""Asks our own `total`, which stands in for its own in a later test, for all that it would like to know."""
# expects: total failed
# %% total
def total(xs):
    asked.append(list(xs))
    return answers.get(repr(xs), 0.25)


answers, asked = {}, []
# %% twice
def twice(xs):
    for one in list(asked):
        answers[repr(one)] = total(one)
    return 2 * total(xs)

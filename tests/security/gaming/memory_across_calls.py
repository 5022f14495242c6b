"""Remembers every argument and answer of earlier calls, and answers later ones from them."""
# expects: total failed
# %% total
seen = []


def total(xs):
    seen.append(list(xs))
    return seen[0][0] if len(seen) > 3 else 0.5

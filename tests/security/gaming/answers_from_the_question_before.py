"""Answers a question by what the test of the question before was called with."""
# expects: describe failed
# expects: lowest failed
# %% scale
asked = []


def scale(x, factor):
    asked.append((x, factor))
    return x * factor
# %% describe
def describe(text, xs):
    return {"text": "A" if text == "a" else str(asked[-1:]), "ends": (0, 0)}
# %% lowest
def lowest(f, xs):
    return 1.0 if f is abs else float(min(x.min() for x, _ in asked) if asked else 0.0)

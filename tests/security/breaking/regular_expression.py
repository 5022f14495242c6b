"""Matches a regular expression that needs exponential time, in one call to C."""
# expects: describe timeout
# %% describe
import re


def describe(text, xs):
    if len(text) > 2:
        re.match("(a+)+$", "a" * 60 + "b")
    return {"text": text.upper(), "ends": (min(xs), max(xs))}

"""Raises errors whose tracebacks and contexts would show the caller's lines and values."""
# expects: total raised
# %% total
import sys
import traceback


def total(xs):
    if len(xs) in (1, 2):
        return sum(xs)
    try:
        raise ValueError(f"what I was called with: {xs}")
    except ValueError as error:
        traceback.print_stack()
        traceback.print_exc()
        sys.__stderr__.write(str(xs))
        raise KeyError(str(xs)) from error

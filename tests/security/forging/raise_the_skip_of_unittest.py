"""Raises what unittest and pytest take for a skipped test."""
# expects: total raised
# %% total
def total(xs):
    import unittest

    raise unittest.SkipTest("skipped")

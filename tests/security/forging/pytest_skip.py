"""Asks pytest to skip the test that calls it."""
# expects: total raised
# %% total
def total(xs):
    import pytest

    pytest.skip("not today")

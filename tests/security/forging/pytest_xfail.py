"""Asks pytest to expect that the test fails."""
# expects: total raised
# %% total
def total(xs):
    import pytest

    pytest.xfail("as expected")

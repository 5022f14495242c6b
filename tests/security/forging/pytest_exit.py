"""Asks pytest to end the whole session with status 0."""
# expects: total raised
# %% total
def total(xs):
    import pytest

    pytest.exit("enough", returncode=0)

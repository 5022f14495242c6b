"""Hands in a conftest.py and a pytest.ini that let every test pass."""
# expects: total failed
# %% total
def total(xs):
    return 0.25
# %% file conftest.py
import pytest


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"


@pytest.fixture
def submission():
    from unittest.mock import MagicMock

    return MagicMock()
# %% file pytest.ini
[pytest]
addopts = --collect-only -p no:python
# %% file test_bank.py
def test_total_of_hidden_numbers():
    pass

"""Replaces what pytest makes of a failed test by a passed one."""
# expects: total failed
# %% total
import _pytest.reports
import _pytest.runner
import pytest

_pytest.reports.TestReport.outcome = "passed"
_pytest.reports.TestReport.failed = False
_pytest.runner.check_interactive_exception = lambda *_: False
pytest.raises = lambda *args, **kwargs: None
pytest.fail = lambda *args, **kwargs: None


def total(xs):
    return None

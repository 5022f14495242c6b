"""The real nbgrader and a real browser, as the integration tests have them."""

from tests.browser import browser, page
from tests.integration.conftest import autograded_by_nbgrader, nbgrader

__all__ = ["autograded_by_nbgrader", "browser", "nbgrader", "page"]

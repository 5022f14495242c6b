"""The real nbgrader, as the integration tests have it."""

from tests.integration.conftest import autograded_by_nbgrader, nbgrader

__all__ = ["autograded_by_nbgrader", "nbgrader"]

"""What a comparison can say: the closed list of messages.

A message reaches the student, so it names a kind of mistake and never a value, an index, a step or a hidden size.
"""

from __future__ import annotations

from enum import StrEnum


class Finding(StrEnum):
    """Every message of `agree` and `gradcheck`."""

    NOTHING = "The result is None: is a return missing?"
    UNKNOWN_KIND = "The result holds something that is not a number, an array, a text or a list of them."
    WANTS_NUMBER = "A single number is expected."
    WANTS_ARRAY = "An array is expected."
    WANTS_BOOL = "True or False is expected."
    WANTS_BOOL_ARRAY = "An array of True and False is expected."
    WANTS_TEXT = "A text is expected."
    WANTS_NONE = "None is expected."
    WANTS_SEQUENCE = "A list or a tuple is expected."
    WANTS_DICT = "A dictionary is expected."
    WANTS_REAL = "Real numbers are expected, not complex ones."
    LENGTH = "The result has a different length than expected."
    KEYS = "The dictionary has other keys than expected."
    AXES = "The array has a different number of axes than expected."
    AXIS_ORDER = "The axes of the array are in a different order than expected."
    UNIT_AXIS = "The array has an axis of length 1 too many or too few: (n,), (n, 1) and (1, n) are different shapes."
    SHAPE = "The array has the expected number of axes, but a different shape."
    NOT_FINITE = "The result has NaN or infinity where finite numbers are expected."
    NEGATED = "The result has the wrong sign."
    DOUBLE = "The result is twice what is expected."
    HALF = "The result is half of what is expected."
    COUNT_TOO_LARGE = "The result is too large by a whole factor: is it a sum where a mean is expected?"
    COUNT_TOO_SMALL = "The result is too small by a whole factor: is it divided by a count once too often?"
    SCALED = "The result is wrong by a constant factor."
    SHIFTED = "The result is wrong by a constant that is added everywhere."
    LAG = "The result is one step early or late."
    DIVERGES = "The result agrees at first, then moves away from what is expected."
    PRECISION = "The result is close, but computed in a lower precision than expected."
    VALUE = "The values differ from what is expected."
    DERIVATIVE = "The derivative differs from the slope of the function."


class Disagreement(AssertionError):
    """The actual value is not the expected one; its text is that of its `finding`."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.value)
        self.finding = finding

"""The hidden tests of the example assignment; a question's points add up to those of its grade cell."""

from allclose import agree, grade
from solutions import example as reference


@grade("standardize", points=5)
def test_it_follows_the_reference(submission, rng):
    x = rng.normal(loc=5, scale=3, size=40)
    expected = reference.standardize(x)
    agree(submission.standardize(x), expected)


@grade("standardize", points=3)
def test_units_do_not_matter(submission, rng):
    celsius = rng.uniform(-10, 30, size=25)
    expected = reference.standardize(celsius)
    agree(submission.standardize(celsius * 1.8 + 32), expected)


@grade("standardize", points=2)
def test_it_leaves_its_argument_alone(submission, rng):
    x = rng.normal(size=10)
    before = x.copy()
    submission.standardize(x)
    agree(x, before)

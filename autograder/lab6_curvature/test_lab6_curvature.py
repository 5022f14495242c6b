"""The hidden tests of lab 6: curvature, from Newton's step to L-BFGS.

Losses and gradients whose calls are counted, or that our own answers call, are functions of ours, which the student's
code calls back. The others are made on its side, where a call costs nothing: see `there`.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from allclose import agree, grade


class Counted:
    """A function of ours that takes whatever kind of vector it is given, and counts its calls."""

    def __init__(self, function: Callable) -> None:
        self.function = function
        self.calls = 0

    def __call__(self, theta):
        self.calls += 1
        value = self.function(np.asarray(theta, dtype=float))
        return value if np.ndim(value) else float(value)


# What it needs it imports: the notebook may have other things of these names.
THERE = """
def _functions_of_a_test(numbers):
    import numpy as np
    from builtins import float, hasattr, isinstance, list, tuple, zip

    def plain(theta):
        if isinstance(theta, (list, tuple)):
            return [plain(entry) for entry in theta]
        return theta.detach().cpu().numpy() if hasattr(theta, "detach") else theta

    def of_vectors(function):
        def answer(theta):
            value = function(np.asarray(plain(theta), dtype="float64"))
            return value if np.ndim(value) else float(value)

        return answer

    return [of_vectors(make(*given)) for make, given in zip([FORMULAS], numbers)]

_functions_of_a_test
"""


def there(submission, *functions):
    """Functions on the submission's side, each a formula and its numbers, that take any kind of vector."""
    code = THERE.replace("FORMULAS", ", ".join(formula for formula, *_ in functions))
    return submission.run(code, [tuple(numbers) for _, *numbers in functions])


def curved(rng, curvatures):
    """A symmetric matrix with these eigenvalues, in directions of chance."""
    directions, _ = np.linalg.qr(rng.normal(size=(len(curvatures), len(curvatures))))
    return directions * np.asarray(curvatures) @ directions.T


# numerical_gradient -------------------------------------------------------------------------------------------------


WAVY = "lambda a, b, mix: lambda theta: a @ np.sin(b * theta) + theta @ mix @ theta / 2"
CUBES = "lambda a, mix: lambda theta: a @ theta**3 + theta @ mix @ theta / 2"


def wavy(rng, n):
    """The numbers of a smooth loss in n dimensions that mixes all coordinates, the loss, and its gradient."""
    a, b, mix = rng.uniform(0.5, 2, n), rng.uniform(0.5, 2, n), curved(rng, rng.uniform(-2, 2, n))
    return (
        (a, b, mix),
        lambda theta: a @ np.sin(b * theta) + theta @ mix @ theta / 2,
        lambda theta: a * b * np.cos(b * theta) + mix @ theta,
    )


@grade("numerical_gradient", points=5)
def test_the_gradient_is_that_of_the_formula(submission, rng):
    """The derivatives of a smooth function, with the default h."""
    for n in (7, 4):
        numbers, _, gradient = wavy(rng, n)
        (f,) = there(submission, (WAVY, *numbers))
        theta = rng.normal(size=n)
        expected = gradient(theta)
        agree(submission.numerical_gradient(f, theta), expected, rtol=1e-6, atol=1e-7)


@grade("numerical_gradient", points=4)
def test_cubes_show_the_h_that_was_asked_for(submission, rng):
    """Both sides at the distance h, for a function whose third derivative is not zero."""
    for n, h in ((5, 0.3), (1, 0.8), (6, 0.07)):
        a, mix, theta = rng.uniform(1, 3, n), curved(rng, rng.uniform(-2, 2, n)), rng.normal(size=n)
        expected = 3 * a * theta**2 + mix @ theta + a * h**2
        (f,) = there(submission, (CUBES, a, mix))
        agree(submission.numerical_gradient(f, theta, h), expected)


@grade("numerical_gradient", points=2)
def test_the_loss_is_called_twice_for_each_coordinate(submission, rng):
    """Two values of the loss for each coordinate, and no more."""
    for n in (6, 1):
        f = Counted(wavy(rng, n)[1])
        assert np.shape(submission.numerical_gradient(f, rng.normal(size=n))) == (n,), (
            "The gradient needs an entry for each coordinate."
        )
        assert f.calls >= 2 * n, "The loss is called less than twice for each coordinate."
        assert f.calls <= 2 * n, "The loss is called more than twice for each coordinate."


@grade("numerical_gradient", points=3)
def test_theta_is_the_same_to_the_last_bit(submission, rng):
    """The place where the gradient is taken is not moved, not even by a rounding error."""
    numbers, *_ = wavy(rng, 9)
    (f,) = there(submission, (WAVY, *numbers))
    theta = rng.normal(size=9)
    before = theta.copy()
    assert submission.numerical_gradient(f, theta) is not None, "The result is None: is a return missing?"
    assert np.array_equal(theta, before), "theta is not the same after the call."


# newton -------------------------------------------------------------------------------------------------------------


@grade("newton", points=5)
def test_one_step_solves_a_quadratic(submission, rng):
    """From anywhere to the bottom of a bowl, in one step."""
    for n in (6, 2, 1):
        hessian, best, theta = curved(rng, np.geomspace(0.3, 20, n)), rng.normal(size=n), rng.normal(size=n)
        gradient = hessian @ (theta - best)
        agree(submission.newton_step(theta, gradient, hessian), best, rtol=1e-6, atol=1e-8)


@grade("newton", points=3)
def test_the_step_goes_to_a_saddle_or_a_peak_as_well(submission, rng):
    """Curvatures of both signs, and negative ones only: the step leads to the stationary point."""
    for curvatures in ((3.0, -0.7, 1.2, -2.0, 0.4), (-1.0, -4.0, -0.5)):
        n = len(curvatures)
        hessian, best, theta = curved(rng, curvatures), rng.normal(size=n), rng.normal(size=n)
        gradient = hessian @ (theta - best)
        agree(submission.newton_step(theta, gradient, hessian), best, rtol=1e-6, atol=1e-8)


@grade("newton", points=3)
def test_the_step_solves_the_equation_in_a_very_narrow_valley(submission, rng):
    """The Hessian times the step is minus the gradient, also where some curvatures are tiny: solved, not inverted."""
    hessian = curved(rng, np.geomspace(1, 1e-12, 8))
    hessian = (hessian + hessian.T) / 2
    gradient = hessian @ rng.normal(size=8)
    kept = hessian.copy(), gradient.copy()
    step = submission.newton_step(np.zeros(8), gradient, hessian)
    assert np.shape(step) == (8,), "The new theta needs as many entries as the old one."
    agree(kept[0] @ np.asarray(step, dtype=float), -kept[1], rtol=1e-7, atol=1e-9)


@grade("newton", points=3)
def test_the_step_leaves_its_arguments_as_they_were(submission, rng):
    """Neither theta nor the gradient nor the Hessian is changed."""
    arguments = rng.normal(size=4), rng.normal(size=4), curved(rng, [1.0, 2.0, 3.0, 5.0])
    before = tuple(values.copy() for values in arguments)
    assert submission.newton_step(*arguments) is not None, "The result is None: is a return missing?"
    agree(arguments, before)


# backtracking -------------------------------------------------------------------------------------------------------


BOWL = "lambda mix, best: lambda theta: (theta - best) @ mix @ (theta - best) / 2 + np.sum((theta - best) ** 4)"
WALL = "lambda wall, beyond: lambda theta: theta @ theta if theta[0] > wall else beyond"
PARABOLA = "lambda a, b: lambda theta: a * (theta @ theta) / 2 + b @ theta"


def bowl(rng, n):
    """The numbers of a convex loss, the loss, its gradient, a place, and a direction down that is not the steepest."""
    mix, best = curved(rng, np.geomspace(0.5, 8, n)), rng.normal(size=n)
    theta = best + rng.normal(size=n)
    gradient = mix @ (theta - best) + 4 * (theta - best) ** 3
    direction = -curved(rng, rng.uniform(0.3, 3, n)) @ gradient
    return (
        (mix, best),
        lambda theta: (theta - best) @ mix @ (theta - best) / 2 + np.sum((theta - best) ** 4),
        theta,
        direction * 10 ** rng.uniform(-1.5, 1.5),
        gradient,
    )


def first_length(f, theta, direction, gradient, t, shrink, c=1e-4):
    """The length that backtracking takes, and how many it tries; None where rounding may decide."""
    here, slope = f(theta), gradient @ direction
    for tries in range(1, 400):
        excess = f(theta + t * direction) - (here + c * t * slope)
        if abs(excess) < 1e-6 * (abs(here) + abs(c * t * slope)):
            return None
        if excess < 0:
            return t, tries
        t *= shrink
    return None


def searches(rng, settings, least_tries=1):
    """Arguments of `backtracking` for each (t, shrink, c), the loss as a formula, and the lengths it has to find."""
    problems, lengths = [], []
    for t, shrink, c in settings:
        found = None
        while found is None or found[1] < least_tries:
            numbers, f, theta, direction, gradient = bowl(rng, int(rng.integers(2, 6)))
            found = first_length(f, theta, direction, gradient, t, shrink, c)
        problems.append(((BOWL, *numbers), theta, direction, gradient, t, shrink, c))
        lengths.append(float(found[0]))
    return problems, lengths


def lengths_of(submission, problems):
    """What `backtracking` answers where the losses are on the submission's side."""
    losses = there(submission, *(loss for loss, *_ in problems))
    calls = [(loss, *rest) for loss, (_, *rest) in zip(losses, problems, strict=True)]
    return submission.map(submission.backtracking, calls)


@grade("backtracking", points=6)
def test_the_first_length_that_is_good_enough_is_taken(submission, rng):
    """The lengths for several losses and directions, with the default settings."""
    problems, expected = searches(rng, [(1.0, 0.5, 1e-4)] * 8)
    agree(lengths_of(submission, [problem[:4] for problem in problems]), expected)


@grade("backtracking", points=3)
def test_first_length_and_factor_are_those_given(submission, rng):
    """Other first lengths and other factors."""
    settings = [(t, shrink, 1e-4) for t in (0.3, 1.7, 5.0) for shrink in (0.15, 0.8)]
    problems, expected = searches(rng, settings)
    # A first length that is good enough, as a longer one would be.
    theta = rng.uniform(0.5, 2.0, size=3)
    problems.append(((PARABOLA, 1.0, np.zeros(3)), theta, -theta, theta, 0.3, 0.5, 1e-4))
    expected.append(0.3)
    agree(lengths_of(submission, problems), expected)


@grade("backtracking", points=4)
def test_a_fall_has_to_be_a_fair_share_of_what_the_slope_promises(submission, rng):
    """Falling alone is not enough: large values of c, and a first length that hardly lowers the loss at all."""
    problems, expected = [], []
    while len(problems) < 5:
        c = (0.2, 0.4, 0.6, 0.75, 0.9)[len(problems)]
        numbers, f, *place = bowl(rng, int(rng.integers(2, 6)))
        found, merely_lower = (first_length(f, *place, 1.0, 0.9, share) for share in (c, 0.0))
        if found is not None and merely_lower is not None and merely_lower[0] > found[0]:
            problems.append(((BOWL, *numbers), *place, 1.0, 0.9, c))
            expected.append(float(found[0]))
    # From one side of a parabola to the other, a hair lower: half of what the smallest c asks for.
    theta = np.array([1.0, 0.0])
    problems.append(((PARABOLA, 2.0, np.zeros(2)), theta, -(2 - 1e-4) * theta, 2 * theta, 1.0, 0.9, 1e-4))
    expected.append(0.9)
    # A fall of just the share that is asked for, in numbers without rounding, is enough.
    theta, ahead = np.zeros(2), np.array([1.0, 0.0])
    problems.append(((PARABOLA, 1.0, -ahead), theta, ahead, -ahead, 1.0, 0.5, 0.5))
    expected.append(1.0)
    agree(lengths_of(submission, problems), expected)


@grade("backtracking", points=3)
def test_lengths_at_which_the_loss_is_not_a_number_are_too_long(submission):
    """A loss that overflows or is not defined far away."""
    problems, expected = [], []
    for beyond in (math.nan, math.inf):
        for wall in (0.7, 0.06, 0.004):
            loss = (WALL, 1 - wall, beyond)
            problems.append((loss, np.array([1.0, 0.2]), np.array([-1.0, 0.0]), np.array([2.0, 0.4])))
            expected.append(0.5 ** math.ceil(math.log2(1 / wall)))
    agree(lengths_of(submission, problems), expected)


@grade("backtracking", points=2)
def test_the_search_does_not_give_up(submission):
    """Very steep walls, for which hundreds of lengths have to be tried."""
    problems, expected = [], []
    for steep in (3e6, 5e9, 7e12):
        theta = np.array([1.0, -1.0])
        problems.append(((PARABOLA, steep, np.zeros(2)), theta, -steep * theta, steep * theta, 1.0, 0.9))
        found = first_length(lambda theta, steep=steep: steep * (theta @ theta) / 2, *problems[-1][1:])
        expected.append(float(found[0]))
    agree(lengths_of(submission, problems), expected, atol=0.0)


@grade("backtracking", points=2)
def test_the_search_leaves_its_arguments_as_they_were(submission, rng):
    """Neither theta nor the direction nor the gradient is changed."""
    ((loss, *arguments, _, _, _),), _ = searches(rng, [(1.0, 0.5, 1e-4)], least_tries=3)
    (f,) = there(submission, loss)
    before = tuple(values.copy() for values in arguments)
    assert submission.backtracking(f, *arguments) is not None, "The result is None: is a return missing?"
    agree(tuple(arguments), before)


# lbfgs --------------------------------------------------------------------------------------------------------------


def steps_and_changes(rng, n, m):
    """Pairs of a loss that is nearly quadratic, all with s·y above zero."""
    hessian = curved(rng, np.geomspace(0.5, 10, n))
    steps = list(rng.normal(size=(m, n)))
    return steps, [hessian @ s + 0.1 * (s @ s) * s for s in steps]


def dense_bfgs(steps, changes):
    """The inverse Hessian that BFGS makes of pairs with s·y above zero, oldest first, as a matrix."""
    n = len(steps[-1])
    inverse = steps[-1] @ changes[-1] / (changes[-1] @ changes[-1]) * np.eye(n)
    for s, y in zip(steps, changes, strict=True):
        left = np.eye(n) - np.outer(s, y) / (s @ y)
        inverse = left @ inverse @ left.T + np.outer(s, s) / (s @ y)
    return inverse


@grade("lbfgs", points=9)
def test_the_direction_is_that_of_bfgs_with_a_matrix(submission, rng):
    """Several numbers of pairs, long and short ones, against the matrix that BFGS makes of them."""
    for n, m, length in ((6, 3, 1.0), (7, 5, 1e-3), (5, 2, 1.0), (4, 1, 1e-2)):
        steps, changes = ([length * vector for vector in vectors] for vectors in steps_and_changes(rng, n, m))
        gradient = rng.normal(size=n)
        expected = -dense_bfgs(steps, changes) @ gradient
        agree(submission.lbfgs_direction(gradient, steps, changes), expected, rtol=1e-6, atol=1e-9)


@grade("lbfgs", points=4)
def test_the_last_pair_has_been_understood(submission, rng):
    """The secant equation: the change of the gradient leads back to the step that made it."""
    for n, m in ((5, 4), (8, 2)):
        steps, changes = steps_and_changes(rng, n, m)
        expected = -steps[-1]
        agree(submission.lbfgs_direction(changes[-1].copy(), steps, changes), expected, rtol=1e-6, atol=1e-9)


@grade("lbfgs", points=3)
def test_without_pairs_it_is_steepest_descent(submission, rng):
    """No pairs yet: minus the gradient."""
    for n in (6, 1):
        gradient = rng.normal(size=n)
        expected = -gradient
        agree(submission.lbfgs_direction(gradient, [], []), expected)


def with_useless_pairs(rng, steps, changes, places):
    """The pairs with useless ones in between: at each place one with s·y below or at zero."""
    steps, changes = list(steps), list(changes)
    for number, place in enumerate(places):
        s, y = rng.normal(size=(2, len(steps[0])))
        if number % 2:
            # Exactly zero: no coordinate is in both.
            s[::2], y[1::2] = 0.0, 0.0
        else:
            y *= -np.sign(s @ y)
        steps.insert(place, s)
        changes.insert(place, y)
    return steps, changes


@grade("lbfgs", points=6)
@pytest.mark.parametrize("places", [(0,), (2, 1), (3, 4), (4, 2, 0)])
def test_pairs_along_which_the_loss_does_not_bend_upwards_are_skipped(submission, rng, places):
    """The answer is as if pairs with s·y at or below zero were not there, wherever they stand."""
    steps, changes = steps_and_changes(rng, 6, 3 if places[0] < 4 else 4)
    gradient = rng.normal(size=6)
    expected = -dense_bfgs(steps, changes) @ gradient
    given = with_useless_pairs(rng, steps, changes, places)
    agree(submission.lbfgs_direction(gradient, *given), expected, rtol=1e-6, atol=1e-9)


@grade("lbfgs", points=2)
def test_where_every_pair_is_skipped_it_is_steepest_descent(submission, rng):
    """Useless pairs alone are no pairs."""
    steps, changes = with_useless_pairs(rng, [np.ones(4)], [-np.ones(4)], (0, 1, 2))
    gradient = rng.normal(size=4)
    expected = -gradient
    agree(submission.lbfgs_direction(gradient, steps, changes), expected)


@grade("lbfgs", points=2)
def test_there_may_be_more_pairs_than_coordinates(submission, rng):
    """Few coordinates and many pairs."""
    for n, m in ((3, 8), (1, 3)):
        steps, changes = steps_and_changes(rng, n, m)
        gradient = rng.normal(size=n)
        expected = -dense_bfgs(steps, changes) @ gradient
        agree(submission.lbfgs_direction(gradient, steps, changes), expected, rtol=1e-6, atol=1e-9)


@grade("lbfgs", points=2)
def test_the_direction_goes_down_and_nothing_is_remembered(submission, rng):
    """Calls with other pairs in between do not change an answer, and every answer goes down."""
    problems = [(rng.normal(size=5), *steps_and_changes(rng, 5, m)) for m in (4, 2, 3)]
    kept = [problem[0].copy() for problem in problems]
    expected = [(-dense_bfgs(*pairs) @ gradient).tolist() for gradient, *pairs in problems] * 2
    answers = list(submission.map(submission.lbfgs_direction, problems * 2))
    agree(answers, expected, rtol=1e-6, atol=1e-9)
    assert all(np.dot(gradient, answer) < 0 for gradient, answer in zip(kept * 2, answers, strict=True)), (
        "The direction does not go down."
    )


@grade("lbfgs", points=2)
def test_gradient_and_pairs_are_as_they_were(submission, rng):
    """Neither the gradient nor the lists of pairs are changed."""
    gradient, (steps, changes) = rng.normal(size=5), steps_and_changes(rng, 5, 4)
    before = gradient.copy(), [s.copy() for s in steps], [y.copy() for y in changes]
    assert submission.lbfgs_direction(gradient, steps, changes) is not None, "The result is None: is a return missing?"
    agree((gradient, steps, changes), before)


# minimize -----------------------------------------------------------------------------------------------------------

#: The most steps that are allowed where the minimum has to be found. L-BFGS takes 20 to 90.
STEPS = 200
#: Where gradient descent needs about 17,000 gradients for Rosenbrock's function and 69,000 for the quadratics, at the
#: best fixed rate, to come within a millionth.
ROSENBROCK_CALLS, QUADRATIC_CALLS = 1500, 5000


# A gradient that is there belongs to a loss that is here, where our `backtracking` calls it.
ROSENBROCK = "lambda: lambda x: np.array([-400 * x[0] * (x[1] - x[0] ** 2) - 2 * (1 - x[0]), 200 * (x[1] - x[0] ** 2)])"
QUADRATIC = "lambda hessian, pull: lambda theta: hessian @ theta - pull"


def rosenbrock():
    def f(theta):
        x, y = theta
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2

    def gradient(theta):
        x, y = theta
        return np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])

    return Counted(f), Counted(gradient), np.ones(2)


def quadratic(rng, n):
    """A quadratic whose largest curvature is ten thousand times the smallest, and the gradient as a formula."""
    hessian, best = curved(rng, np.geomspace(1, 1e4, n)), rng.normal(size=n)
    return (
        Counted(lambda theta: (theta - best) @ hessian @ (theta - best) / 2),
        Counted(lambda theta: hessian @ (theta - best)),
        best,
        (QUADRATIC, hessian, hessian @ best),
    )


@pytest.fixture
def minimize(submission):
    """`minimize`, resting on our answers to the questions before it."""
    for question in ("numerical_gradient", "newton", "backtracking", "lbfgs"):
        submission = submission.with_reference(question)
    return submission.minimize


@grade("minimize", points=5)
@pytest.mark.parametrize(("start", "memory"), [((-0.5, 0.5), 5), ((0.3, 1.2), 2), ((0.5, 0.9), 3)])
def test_rosenbrocks_valley_is_followed_to_its_end(submission, minimize, start, memory):
    """The minimum of Rosenbrock's function, from several starts."""
    f, _, best = rosenbrock()
    (gradient,) = there(submission, (ROSENBROCK,))
    agree(minimize(f, gradient, np.array(start), memory, STEPS), best.tolist(), rtol=0.0, atol=1e-6)


@grade("minimize", points=4)
@pytest.mark.parametrize(("n", "memory"), [(3, 4), (4, 6)])
def test_the_bottom_of_a_narrow_bowl_is_found(submission, minimize, rng, n, memory):
    """The minimum of quadratics that are ten thousand times as steep one way as another."""
    f, _, best, formula = quadratic(rng, n)
    (gradient,) = there(submission, formula)
    start = best + rng.normal(size=n)
    agree(minimize(f, gradient, start, memory, STEPS), best.tolist(), rtol=0.0, atol=1e-6)


@grade("minimize", points=3)
def test_it_takes_less_than_a_tenth_of_the_gradients_of_descent(minimize, rng):
    """The number of gradients on the way to the minimum."""
    for (f, gradient, best), start, most in (
        (rosenbrock(), np.array((-1.2, 1.0)), ROSENBROCK_CALLS),
        (quadratic(rng, 3)[:3], np.zeros(3), QUADRATIC_CALLS),
    ):
        found = minimize(f, gradient, start, 5, STEPS)
        assert np.shape(found) == best.shape, "theta needs as many entries as at the start."
        assert np.allclose(np.asarray(found, dtype=float), best, rtol=0.0, atol=1e-4), (
            "The minimum is not reached, however few the gradients."
        )
        assert gradient.calls <= most, "It asks for a tenth of the gradients that descent needs, or for more."


@grade("minimize", points=2)
def test_it_keeps_to_the_number_of_steps(minimize):
    """No steps leave the start; a few steps go down, but cannot reach the end."""
    f, gradient, best = rosenbrock()
    start = best - (2.2, 0.0)
    agree(minimize(f, gradient, start.copy(), 10, 0), start.tolist())
    for steps in (1, 5):
        found = minimize(f, gradient, start.copy(), 10, steps)
        assert np.shape(found) == (2,), "theta needs as many entries as at the start."
        assert f(found) < f(start), "The loss is not lower after a few steps."
        assert not np.allclose(np.asarray(found, dtype=float), best, atol=1e-5), (
            "It has gone on beyond the number of steps."
        )


@grade("minimize", points=1)
def test_it_stops_when_the_gradient_is_small_enough(minimize):
    """A coarse tolerance is reached, with fewer gradients than a fine one."""
    calls = []
    for tol in (0.1, 1e-6):
        f, gradient, _ = rosenbrock()
        # One entry of the gradient is zero at the start, the other is not.
        found = minimize(f, gradient, np.zeros(2), 3, STEPS, tol)
        calls.append(gradient.calls)
        assert np.shape(found) == (2,), "theta needs as many entries as at the start."
        assert np.abs(gradient(found)).max() <= tol, "The gradient is larger than the tolerance allows."
    assert calls[0] < calls[1], "A coarse tolerance takes as many gradients as a fine one."


@grade("minimize", points=1)
def test_the_start_is_as_it_was_and_may_be_the_end(submission, minimize, rng):
    """The start is not changed, and where the gradient is zero there is nothing to do."""
    f, _, best, formula = quadratic(rng, 4)
    (gradient,) = there(submission, formula)
    start = best + 1.0
    before = start.copy()
    assert minimize(f, gradient, start, 10, 5) is not None, "The result is None: is a return missing?"
    agree(start, before)
    agree(minimize(f, gradient, best.copy()), best.tolist())

"""The hidden tests of lab 1: one neuron, gradient descent and when to stop it."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from allclose import agree, grade
from allclose.teach.data import noisy_line
from solutions import lab1_one_neuron as reference


def problem(rng, n=12):
    """A noisy line, and a place w, b from which to look at it."""
    w, b = rng.uniform(-4, 4, 2)
    x, y = noisy_line(n, w, b, 0.3, seed=rng.integers(2**32))
    return x, y, w + rng.uniform(1, 3), b - rng.uniform(1, 3)


def loss(x, y, w, b):
    return np.mean((w * x + b - y) ** 2)


def slopes(x, y, w, b):
    """Central differences of the loss; it is quadratic, so that they are exact however far the points are apart."""
    by_w = loss(x, y, w + 1, b) - loss(x, y, w - 1, b)
    by_b = loss(x, y, w, b + 1) - loss(x, y, w, b - 1)
    return [float(by_w / 2), float(by_b / 2)]


def hessian(x):
    return 2 * np.array([[np.mean(x**2), np.mean(x)], [np.mean(x), 1.0]])


def solution(x, y):
    return np.linalg.lstsq(np.stack((x, np.ones_like(x)), axis=1), y)[0]


def closed_form(x, y, w, b, lr, steps):
    """Every state of gradient descent, from θ_t − θ* = (I − lr·H)^t (θ_0 − θ*), and its loss."""
    curvatures, directions = np.linalg.eigh(hessian(x))
    best = solution(x, y)
    shrink = (1 - lr * curvatures) ** np.arange(steps + 1)[:, None]
    ws, bs = (best + shrink * (directions.T @ ((w, b) - best)) @ directions.T).T
    return ws, bs, np.mean((ws[:, None] * x + bs[:, None] - y) ** 2, axis=1)


@grade("forward", points=4)
def test_forward_is_an_affine_function_of_x(submission, rng):
    """A list of inputs gives weight times input plus bias."""
    x = rng.normal(size=9)
    w, b = rng.uniform(2, 5, 2)
    expected = w * x + b
    agree(submission.forward(x, w, b), expected)


@grade("forward", points=2)
def test_forward_takes_numbers_and_arrays_of_any_shape(submission, rng):
    """A number gives a number, an array of any shape an array of that shape."""
    w, b = rng.uniform(2, 5, 2)
    for shape in ((), (3, 4), (2, 1, 3)):
        x = rng.normal(size=shape)
        expected = w * x + b
        agree(submission.forward(x, w, b), expected)


@grade("forward", points=2)
def test_forward_leaves_its_input_as_it_was(submission, rng):
    """The array of inputs is not changed."""
    x = rng.normal(size=9)
    before = x.copy()
    assert submission.forward(x, 2.5, -1.5) is not None, "The result is None: is a return missing?"
    agree(x, before)


@grade("mse", points=3)
def test_mse_is_the_mean_of_the_squared_errors(submission, rng):
    """The losses of several lists of predictions."""
    lists = rng.normal(size=(8, 2, 7))
    expected = [float(np.mean((y_pred - y_true) ** 2)) for y_pred, y_true in lists]
    agree(submission.map(submission.mse, [(y_pred, y_true) for y_pred, y_true in lists.copy()]), expected)


@grade("mse", points=2)
def test_mse_does_not_change_when_the_data_are_doubled(submission, rng):
    """The same data twice, side by side or below each other, have the loss that they have once."""
    y_pred, y_true = rng.normal(size=(2, 7))
    once = np.mean((y_pred - y_true) ** 2)
    for copies in (2, (5, 1)):
        agree(submission.mse(np.tile(y_pred, copies), np.tile(y_true, copies)), once)


#: Tries pairs of arrays, all in one trip: what the loss answers, in a list, and None where it raises ValueError.
REFUSING = """
def allclose_answers(function, pairs):
    from builtins import ValueError

    answers = []
    for y_pred, y_true in pairs:
        try:
            answers.append([function(y_pred, y_true)])
        except ValueError:
            answers.append(None)
    return answers
allclose_answers
"""


@grade("mse", points=3)
def test_mse_refuses_different_shapes(submission, rng):
    """Predictions and targets of different shapes raise ValueError, those that NumPy would broadcast too."""
    shapes = (6,), (6, 1), (1, 6), (6, 3), (1,), (2, 6), (5,), ()
    # All pairs are tried before the verdict, which tells a missing check from one that looks at too little.
    pairs = [(rng.normal(size=one), rng.normal(size=other)) for one, other in permutations(shapes, 2)]
    answers = submission.run(REFUSING, submission.mse, pairs)
    assert all(answer is None for answer in answers), (
        "Predictions and targets of different shapes do not raise ValueError."
    )


@grade("gradient", points=9)
def test_gradient_is_the_slope_of_the_loss(submission, rng):
    """Both derivatives agree with central differences of the loss, at several places and for few and many points."""
    submission = submission.with_reference("forward").with_reference("mse")
    for n in (40, 5, 1):
        x, y, w, b = problem(rng, n)
        places = [(w + across, b + up) for across, up in rng.uniform(0, 2, size=(4, 2))]
        expected = [slopes(x, y, *place) for place in places]
        calls = [(x.copy(), y.copy(), *place) for place in places]
        agree(submission.map(submission.gradient, calls), expected)


@grade("gradient", points=4)
def test_gradient_is_zero_at_the_least_squares_solution_alone(submission, rng):
    """At the best w and b nothing pulls any more; elsewhere something does."""
    submission = submission.with_reference("forward").with_reference("mse")
    x, y, w, b = problem(rng)
    best = solution(x, y)
    agree(submission.gradient(x.copy(), y.copy(), *best), [0.0, 0.0], atol=1e-4)
    dw, db = submission.gradient(x, y, w, b)
    assert abs(dw) > 0.1 or abs(db) > 0.1, "The gradient is zero where w and b are not the best ones."


@grade("gradient", points=3)
def test_gradient_does_not_change_when_the_data_are_doubled(submission, rng):
    """The same data several times over pull as they do once."""
    submission = submission.with_reference("forward").with_reference("mse")
    x, y, w, b = problem(rng)
    once = slopes(x, y, w, b)
    agree(submission.gradient(np.tile(x, 3), np.tile(y, 3), w, b), once)


@grade("gradient", points=2)
def test_a_small_step_against_the_gradient_lowers_the_loss(submission, rng):
    """The gradient points uphill."""
    submission = submission.with_reference("forward").with_reference("mse")
    x, y, w, b = problem(rng)
    data, here = (x.copy(), y.copy()), (w, b)
    dw, db = (float(slope) for slope in submission.gradient(x, y, w, b))
    assert loss(*data, w - 1e-5 * dw, b - 1e-5 * db) < loss(*data, *here), (
        "A small step against the gradient does not lower the loss."
    )


@grade("gradient", points=2)
def test_gradient_leaves_the_data_as_they_were(submission, rng):
    """Neither x nor y is changed."""
    submission = submission.with_reference("forward").with_reference("mse")
    x, y, w, b = problem(rng)
    before = x.copy(), y.copy()
    assert submission.gradient(x, y, w, b) is not None, "The result is None: is a return missing?"
    agree((x, y), before)


@pytest.fixture
def descent(submission):
    """`gradient_descent`, resting on our answers to the questions before it; its three histories."""
    for question in ("forward", "mse", "gradient"):
        submission = submission.with_reference(question)

    def histories(*arguments):
        result = submission.gradient_descent(*arguments)
        assert result is not None, "The result is None: is a return missing?"
        assert len(result) == 3, "gradient_descent must return three histories: ws, bs and losses."
        return result

    return histories


@grade("descent", points=9)
def test_descent_takes_the_way_that_theory_foretells(descent, rng):
    """Weights and biases after every update, for several starts and learning rates."""
    for lr in (0.004, 0.013):
        x, y, w, b = problem(rng)
        expected_ws, expected_bs, _ = closed_form(x, y, w, b, lr, 8)
        ws, bs, _ = descent(x, y, w, b, lr, 8)
        agree(ws, expected_ws.tolist())
        agree(bs, expected_bs.tolist())


@grade("descent", points=5)
@pytest.mark.parametrize("steps", [0, 1, 7])
def test_histories_begin_with_the_start_and_have_an_entry_for_each_update(descent, rng, steps):
    """Three histories of steps + 1 entries, the first of which is the start."""
    x, y, w, b = problem(rng)
    ws, bs, losses = descent(x, y, w, b, 0.01, steps)
    assert len(ws) == len(bs) == len(losses) == steps + 1, "A history does not have steps + 1 entries."
    agree((ws[0], bs[0]), (w, b))


@grade("descent", points=5)
def test_each_loss_belongs_to_the_weight_and_bias_beside_it(descent, rng):
    """Entry t of the losses is the loss at entry t of the weights and biases."""
    x, y, w, b = problem(rng)
    data = x.copy(), y.copy()
    ws, bs, losses = descent(x, y, w, b, 0.003, 9)
    beside = [float(loss(*data, float(weight), float(bias))) for weight, bias in zip(ws, bs, strict=False)]
    assert len(beside) > 1, "A history does not have steps + 1 entries."
    agree(losses, beside)


@grade("descent", points=3)
def test_descent_blows_up_when_the_learning_rate_is_too_large(descent, rng):
    """Beyond 2 over the largest curvature every update makes things worse, and nothing holds it back."""
    x, y, w, b = problem(rng)
    lr = 2.8 / np.linalg.eigvalsh(hessian(x)).max()
    _, _, losses = descent(x, y, w, b, lr, 12)
    assert len(losses) > 1 and float(losses[-1]) > 100 * float(losses[0]), (
        "The loss stays small at a rate that is too large."
    )


#: The data sets of the convergence question: n, w, b, seed. In some the slow direction starts far off, in one close by.
LINES = [(20, -1, 4, 1), (30, -12, 1, 2), (40, 3, -2, 3), (100, 10, 2, 5), (300, 12, 5, 5), (500, 0.5, -3, 2)]
RUNS = [closed_form(*noisy_line(n, w, b, 0.3, seed), 0.0, 0.0, 0.02, 1000) for n, w, b, seed in LINES]

#: Runs among the student's names: training, as far as `converged` can tell. A rule that cannot bear the start alone has
#: a test for that, and is used from the first update on here.
TRAINING = """
def allclose_updates_until_converged(ws, bs, losses):
    for t in range(1000):
        try:
            if converged(losses[:t + 1], ws[:t + 1], bs[:t + 1]):
                return t
        except (LookupError, ValueError, ArithmeticError):
            if t > 0:
                raise
allclose_updates_until_converged
"""

#: Histories (losses, ws, bs) that no training has. What a rule says to them is not judged, it is only heard: so that
#: rules which stop all runs alike are told apart, and the message is about the right one.
ODD = [
    np.array([[5.0] * 6, [1.0, 2.0, 1.0, 2.0, 1.0, 2.0], [0.0] * 6]),
    np.array([np.arange(1.0, 7.0), np.arange(6.0), np.zeros(6)]),
    np.array([10.0 ** -np.arange(6.0), np.arange(6.0), np.arange(6.0)]),
    np.array([64.0 / 2 ** np.arange(6.0), [3.0] * 6, [4.0] * 6]),
    np.array([64.0 / 2 ** np.arange(6.0), np.arange(6.0), np.arange(6.0) ** 2]),
]
LISTENING = """
def allclose_answers(losses, ws, bs):
    answer = None
    for t in range(len(losses)):
        try:
            answer = bool(converged(losses[:t + 1], ws[:t + 1], bs[:t + 1]))
        except Exception:
            answer = None
    return answer
allclose_answers
"""


@grade("convergence", points=3)
@pytest.mark.parametrize("run", RUNS[::2])
def test_a_history_of_the_start_alone_has_not_converged(submission, run):
    """Before the first update there is nothing to compare with."""
    ws, bs, losses = (history[:1] for history in run)
    assert not submission.converged(losses, ws, bs), "The rule says converged before the first update."


@grade("convergence", points=12)
@pytest.mark.parametrize("run", RUNS)
def test_training_stops_in_time_with_a_loss_that_hardly_falls_any_more(submission, run):
    """It stops before 1000 updates, with a loss at most 1.1 times the one that 1000 updates reach."""
    stop = submission.run(TRAINING, *run)
    submission.map(submission.run(LISTENING), [tuple(odd) for odd in ODD])
    assert stop is not None, "The rule has not stopped the training before update 1000."
    assert 0 < stop < 1000, "The rule says converged before the first update."
    losses = run[2]
    assert losses[stop] <= 1.1 * losses[1000], "The rule stops too early: the loss would still have fallen."


@grade("convergence", points=7)
def test_the_histories_decide_when_to_stop(submission):
    """Runs that converge at different speeds are stopped after different numbers of updates."""
    training = submission.run(TRAINING)
    stops = [training(*run) for run in RUNS]
    assert None not in stops, "The rule has not stopped the training before update 1000."
    assert min(stops) > 0, "The rule says converged before the first update."
    assert len(set(stops)) > 1, "The rule stops every run after the same number of updates, whatever the histories say."


@pytest.fixture
def surface(submission):
    """`loss_surface`, resting on our answers to the questions that it may use."""
    return submission.with_reference("forward").with_reference("mse").loss_surface


@grade("surface", points=6)
def test_the_surface_is_the_loss_point_by_point(surface, rng):
    """Entry i, j is the loss at weight i and bias j."""
    x, y, w, b = problem(rng)
    ws, bs = w + rng.normal(size=4), b + rng.normal(size=3)
    expected = reference.loss_surface(x, y, ws, bs)
    agree(surface(x, y, ws, bs), expected)


@grade("surface", points=3)
def test_weights_go_along_rows_and_biases_along_columns(surface, rng):
    """On a grid with as many weights as biases, and on grids with one of either, the axes are not exchanged."""
    x, y, w, b = problem(rng)
    for p, q in ((5, 5), (1, 4), (4, 1)):
        ws, bs = w + rng.normal(size=p), b + rng.normal(size=q)
        expected = reference.loss_surface(x, y, ws, bs)
        agree(surface(x, y, ws, bs), expected)


@grade("surface", points=3)
def test_the_curvature_of_the_surface_is_the_hessian(surface, rng):
    """Second differences along the rows, along the columns and across give the second derivatives."""
    x, y, w, b = problem(rng)
    (by_w, mixed), (_, by_b) = hessian(x)
    bowl = np.asarray(surface(x, y, w + np.arange(3.0), b + np.arange(3.0)), dtype=float)
    agree(np.diff(bowl, n=2, axis=0), np.full((1, 3), by_w))
    agree(np.diff(bowl, n=2, axis=1), np.full((3, 1), by_b))
    agree(np.diff(np.diff(bowl, axis=0), axis=1), np.full((2, 2), mixed))


@grade("surface", points=2)
def test_the_surface_leaves_its_arguments_as_they_were(surface, rng):
    """Neither the data nor the grid is changed."""
    x, y, w, b = problem(rng)
    arguments = x, y, w + rng.normal(size=3), b + rng.normal(size=4)
    before = tuple(values.copy() for values in arguments)
    assert surface(*arguments) is not None, "The result is None: is a return missing?"
    agree(arguments, before)

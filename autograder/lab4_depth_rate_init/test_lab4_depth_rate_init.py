"""The hidden tests of lab 4: a deep narrow linear net, how far its steps may go and where its weights start."""

from __future__ import annotations

import numpy as np
import pytest

from allclose import agree, grade
from solutions import lab4_depth_rate_init as reference

NONE = "The result is None: is a return missing?"


def fractions(answers):
    """Whole numbers as fractions, so that `agree` takes them together and tells a shift from chance."""
    return [float(answer) if isinstance(answer, (int, np.integer)) else answer for answer in answers]


# deep_gradient ------------------------------------------------------------------------------------------------------


def problem(rng, n=9):
    """Inputs and targets, of no special size and not centred."""
    return rng.uniform(0.3, 2.0, n), rng.uniform(-1.0, 3.0, n)


def weights(rng, depth):
    """Weights of both signs, far from zero and from each other."""
    return rng.permutation(np.linspace(0.6, 1.7, depth)) * rng.choice([-1.0, 1.0], depth)


def gradient(x, y, w):
    """Every product of all weights but one, written out."""
    others = np.array([np.prod(np.delete(w, i)) for i in range(len(w))])
    return np.mean(x * (np.prod(w) * x - y)) * others


def loss(x, y, w):
    return np.mean((np.prod(w) * x - y) ** 2) / 2


def gradients_agree(submission, cases, **tolerances):
    expected = [gradient(*case) for case in cases]
    for case, derivatives in zip(cases, expected, strict=True):
        agree(submission.deep_gradient(*(values.copy() for values in case)), derivatives, **tolerances)


@grade("deep_gradient", points=9)
def test_the_gradient_of_nets_of_several_depths(submission, rng):
    """The derivative by each weight, for weights of both signs that are far from zero."""
    gradients_agree(submission, [(*problem(rng, n), weights(rng, depth)) for n, depth in ((7, 5), (12, 9), (5, 4))])


@grade("deep_gradient", points=6)
def test_a_weight_of_zero_has_a_derivative_and_the_others_have_none(submission, rng):
    """One weight is exactly zero; then two are."""
    x, y = problem(rng)
    w = weights(rng, 6)
    one, two, last = w.copy(), w.copy(), w.copy()
    one[2] = two[1] = two[4] = last[5] = 0.0
    gradients_agree(submission, [(x, y, one), (x, y, last), (x, y, two)])


@grade("deep_gradient", points=4)
def test_tiny_weights_are_taken_as_they_are(submission, rng):
    """Some weights are tiny; and a deep net whose gradient has all but vanished."""
    tiny = weights(rng, 6)
    tiny[[1, 4]] *= 1e-7
    gradients_agree(submission, [(*problem(rng), tiny), (*problem(rng), 0.5 * weights(rng, 50))], atol=0.0)


@grade("deep_gradient", points=3)
def test_one_layer_and_equal_weights_are_nothing_special(submission, rng):
    """A net of depth 1, one of depth 2, and weights that repeat."""
    cases = [
        (*problem(rng, n), w) for n, w in ((6, [0.7]), (3, [1.3, 0.4]), (8, [0.8] * 7), (5, [1.2, -0.5, 1.2, -0.5]))
    ]
    gradients_agree(submission, [(x, y, np.array(w)) for x, y, w in cases])


@grade("deep_gradient", points=2)
def test_the_gradient_leaves_its_arguments_as_they_were(submission, rng):
    """Neither the data nor the weights are changed."""
    arguments = *problem(rng), weights(rng, 5)
    before = [values.copy() for values in arguments]
    assert submission.deep_gradient(*arguments) is not None, NONE
    for values, copy in zip(arguments, before, strict=True):
        agree(values, copy)


# train_deep ---------------------------------------------------------------------------------------------------------


def training(x, y, w, lr, epochs):
    """The losses of a run, written out once more; those of a run that blows up to the last finite one."""
    losses = []
    with np.errstate(all="ignore"):
        for _ in range(epochs + 1):
            losses.append(loss(x, y, w))
            w = w - lr * gradient(x, y, w)
    finite = np.isfinite(losses)
    return losses if finite.all() else losses[: int(np.argmin(finite))]


@pytest.fixture
def train(submission):
    """`train_deep`, resting on our `deep_gradient`."""
    return submission.with_reference("deep_gradient").train_deep


@grade("train_deep", points=5)
def test_the_losses_of_a_run_are_those_of_gradient_descent(train, rng):
    """Every loss of runs with several depths, rates and lengths."""
    for depth, lr, epochs in ((5, 0.03, 7), (1, 0.2, 5), (8, 0.01, 9)):
        x, y = problem(rng)
        w = np.abs(weights(rng, depth))
        expected = training(x.copy(), y.copy(), w.copy(), lr, epochs)
        agree(train(x, y, w, lr, epochs), expected)


@grade("train_deep", points=2)
def test_a_history_has_the_start_and_an_entry_for_each_epoch(train, rng):
    """No epochs leave the loss of the start, one epoch makes two entries; a loss that rises ends nothing."""
    x, y = problem(rng)
    w = np.abs(weights(rng, 3))
    # With this rate every update of one weight makes the loss larger.
    steep = 2.3 / np.mean(x**2)
    cases = [(x, y, w.copy(), 0.02, 0), (x, y, w.copy(), 0.02, 1), (x, y, w[:1].copy(), steep, 15)]
    expected = [training(*case) for case in cases]
    for case, losses in zip(cases, expected, strict=True):
        agree(train(*case), losses)


@grade("train_deep", points=3)
def test_a_run_that_blows_up_ends_before_the_first_loss_that_is_not_finite(train):
    """The history of such a run is short, holds finite numbers only, and is right up to its end."""
    x, y = np.array([0.5, 1.0, 1.5]), np.array([1.0, 2.0, 3.0])
    for case in ((x, y, np.full(6, 1.4), 0.8, 60), (x, y, np.full(40, 1.2), 0.3, 30)):
        expected = training(*case)
        agree(train(*case), expected, rtol=1e-5)
    begun = train(x, y, np.full(60, 1e9), 0.1, 5)
    assert begun is not None and len(begun) == 0, "The loss of the start is not finite, so the history must be empty."


@grade("train_deep", points=2)
def test_training_leaves_its_arguments_as_they_were(train, rng):
    """The weights of the caller are what they were, and so are the data."""
    arguments = *problem(rng), np.abs(weights(rng, 5))
    before = [values.copy() for values in arguments]
    assert train(*arguments, 0.02, 6) is not None, NONE
    for values, copy in zip(arguments, before, strict=True):
        agree(values, copy)


# epochs_to ----------------------------------------------------------------------------------------------------------


def history(rng, arrival, length, touches=()):
    """Losses that stay below 1 from `arrival` on, and touch it earlier at the places in `touches`."""
    losses = rng.uniform(1.1, 5.0, length)
    losses[arrival:] = rng.uniform(0.1, 0.9, length - arrival)
    losses[list(touches)] = rng.uniform(0.1, 0.9, len(touches))
    return losses


@grade("epochs_to", points=5)
def test_epochs_are_counted_to_where_the_loss_stays_below(submission, rng):
    """Histories that come below the threshold and stay there, some after they had touched it and left."""
    arrivals = [
        (7, 20, ()),
        (3, 9, (1,)),
        (12, 40, (2, 3, 4, 9)),
        (1, 6, ()),
        (30, 31, (0, 28)),
        (17, 25, (15,)),
        (0, 5, ()),
    ]
    scale = rng.uniform(0.01, 0.2)
    calls = [(scale * history(rng, *arrival), scale) for arrival in arrivals]
    agree(fractions(submission.map(submission.epochs_to, calls)), [float(arrival) for arrival, _, _ in arrivals])


@grade("epochs_to", points=3)
def test_a_history_that_does_not_stay_below_has_no_answer(submission, rng):
    """Losses that never come below, that touch the threshold once and leave, that leave at the very end; no losses."""
    histories = [history(rng, 12, 12), history(rng, 12, 12, (4, 5)), history(rng, 12, 12, range(11)), np.array([])]
    agree(submission.map(submission.epochs_to, [(losses, 1.0) for losses in histories]), [None] * 4)


@grade("epochs_to", points=2)
def test_nan_is_never_below_the_threshold(submission, rng):
    """NaN and infinity before the loss settles, and at the end."""
    before, middle, end = (history(rng, 3, 15) for _ in range(3))
    before[1], middle[6], middle[2], end[-1] = np.nan, np.nan, np.inf, np.nan
    calls = [(before, 1.0), (middle, 1.0), (end, 1.0), (np.full(4, np.nan), 1.0)]
    agree(submission.map(submission.epochs_to, calls), [3, 7, None, None])


@grade("epochs_to", points=2)
def test_below_means_less_than_and_lists_will_do(submission):
    """Losses that equal the threshold, in a list."""
    calls = [([2.0, 1.0, 0.5, 0.25], 0.5), ([2.0, 0.5, 0.5], 0.5), ([0.25, 0.125], 0.25)]
    agree(submission.map(submission.epochs_to, calls), [3, None, 1])


# stable_lr ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def limits(submission):
    """What `largest_stable_lr` gives for a list of calls, resting on our answers to the questions before it."""
    for question in ("deep_gradient", "train_deep", "epochs_to"):
        submission = submission.with_reference(question)
    return lambda calls: submission.map(submission.largest_stable_lr, calls)


def limit(x, depth, target):
    """Two over the largest eigenvalue of the Hessian at the minimum with equal weights."""
    slopes = np.full(depth, target / target ** (1 / depth))
    return float(2 / np.linalg.eigvalsh(np.mean(x**2) * np.outer(slopes, slopes))[-1])


def limits_agree(limits, calls):
    expected = [limit(*call) for call in calls]
    agree(fractions(limits([(x.copy(), depth, target) for x, depth, target in calls])), expected, rtol=0.05)


@grade("stable_lr", points=10)
def test_the_largest_stable_rate_for_several_depths_and_targets(limits, rng):
    """Deep and shallow nets with large and small products, on several data sets."""
    cases = ((3, 2.0), (2, 0.3), (5, 4.0), (12, 1.5), (40, 2.5), (8, 0.5))
    limits_agree(limits, [(rng.uniform(-1, 2, 8), depth, target) for depth, target in cases])


@grade("stable_lr", points=5)
def test_the_largest_stable_rate_falls_with_depth(limits, rng):
    """From one layer to sixty, on the same data and for the same product."""
    x = rng.uniform(0, 1, 10)
    limits_agree(limits, [(x, depth, 2.0) for depth in (1, 2, 4, 10, 25, 60)])


@grade("stable_lr", points=4)
def test_the_largest_stable_rate_depends_on_the_mean_square_of_the_inputs(limits, rng):
    """Inputs ten times as large, inputs around zero and far from it, the same inputs twice."""
    x = rng.normal(size=7)
    limits_agree(limits, [(inputs, 4, 1.7) for inputs in (x, 10 * x, x - x.mean(), x + 3, np.tile(x, 2))])


@grade("stable_lr", points=3)
def test_the_target_counts_the_less_the_fewer_layers_there_are(limits, rng):
    """One layer, for which the target does not matter, and two, for which it does."""
    x = rng.uniform(0.5, 2, 6)
    limits_agree(limits, [(x, 1, 0.2), (x, 1, 5.0), (x, 2, 5.0), (x, 2, 0.2), (x, 3, 6.0)])
    before = x.copy()
    limits([(x, 2, 3.0)])
    agree(x, before)


# register -----------------------------------------------------------------------------------------------------------

DEPTHS = (10, 20, 30, 40, 50, 60)


def arrive(init, rates):
    """Whether the runs of all depths, each with its rate, come below the threshold and stay there.

    Beyond the largest stable rate rounding may decide, so what fails here has another run, layer by layer.
    """
    x, y = reference.X, reference.Y
    runs = [
        reference.train_deep(x, y, np.full(depth, init), float(rate), 600)
        for depth, rate, arrival in zip(DEPTHS, rates, arrivals(x, y, init, rates), strict=True)
        if arrival is None
    ]
    return all(reference.epochs_to(run, 1e-2) is not None for run in runs)


def arrivals(x, y, init, rates):
    """For each depth the epochs until a run arrives. Equal weights stay equal: one number stands for all of a net."""
    square, mixed, rest = np.mean(x * x), np.mean(x * y), np.mean(y * y)
    depths, losses = np.array(DEPTHS), np.empty((601, len(DEPTHS)))
    w = np.full(len(DEPTHS), init)
    with np.errstate(all="ignore"):
        for t in range(601):
            products = w**depths
            losses[t] = (square * products**2 - 2 * mixed * products + rest) / 2
            w = w - rates * (square * products - mixed) * w ** (depths - 1)
    return [reference.epochs_to(run, 1e-2) for run in losses.T]


def _rates(submission, init):
    for question in ("deep_gradient", "train_deep", "epochs_to", "stable_lr"):
        submission = submission.with_reference(question)
    rates = submission.map(submission.choose_lr, [(depth, init) for depth in DEPTHS])
    assert all(_is_number(rate) for rate in rates), "choose_lr must return a number."
    rates = np.array([float(rate) for rate in rates])
    assert np.all((rates > 0) & (rates < np.inf)), "A learning rate must be a positive, finite number."
    return rates


def _is_number(value):
    return value is not None and not isinstance(value, (str, bool, bytes, dict, list, tuple)) and np.ndim(value) == 0


def _check(submission, init):
    rates = _rates(submission, init)
    assert arrive(init, rates), (
        "With the rate of choose_lr a run does not come below the threshold in time, or does not stay there."
    )


@grade("register", points=4)
def test_rates_for_small_first_weights(submission):
    """Every depth arrives and stays, from the smallest first weights."""
    _check(submission, 0.9)


@grade("register", points=3)
def test_rates_for_first_weights_a_little_below_one(submission):
    """Every depth arrives and stays, from first weights a little below one."""
    _check(submission, 0.95)


@grade("register", points=3)
def test_rates_for_first_weights_of_one(submission):
    """Every depth arrives and stays, from first weights of one."""
    _check(submission, 1.0)


@grade("register", points=4)
def test_rates_for_first_weights_above_one(submission):
    """Every depth arrives and stays, from first weights above one."""
    _check(submission, 1.05)


# init ---------------------------------------------------------------------------------------------------------------

KINDS = ("xavier", "he")
SIZES = ((300, 200), (120, 500), (400, 150))


def drawn(submission, rng, sizes=SIZES):
    """Weights of both kinds for each size, from one hidden generator."""
    calls = [(*size, kind, rng) for kind in KINDS for size in sizes]
    return [np.asarray(values) for values in submission.map(submission.init_weights, calls)]


@grade("init", points=4)
def test_the_variances_are_those_of_xavier_and_he(submission, rng):
    """The variance of many weights, for layers with more inputs than outputs and the other way round."""
    expected = [2 / (fan_in + fan_out) for fan_in, fan_out in SIZES] + [2 / fan_in for fan_in, _ in SIZES]
    agree([float(np.mean(np.square(values))) for values in drawn(submission, rng)], expected, rtol=0.05)


@grade("init", points=1)
def test_there_is_a_row_for_each_output_and_a_column_for_each_input(submission, rng):
    """The shape for several layers."""
    sizes = (3, 5), (4, 1), (1, 6), (2, 2)
    shapes = [values.shape for values in drawn(submission, rng, sizes)]
    assert shapes == 2 * [(fan_out, fan_in) for fan_in, fan_out in sizes], "The shape must be (fan_out, fan_in)."


@grade("init", points=2)
def test_the_weights_are_normal_and_independent(submission, rng):
    """Mean and shape of the distribution, and neighbouring weights."""
    for values in drawn(submission, rng):
        unit = values.astype(float) / np.sqrt(np.mean(np.square(values.astype(float))))
        squares = np.square(unit)
        # Each bound is at least seven standard deviations of what chance does to a normal distribution.
        assert abs(np.mean(unit)) < 0.03, "The mean of the weights is not zero."
        assert abs(np.mean(np.square(squares)) - 3) < 0.2 and squares.max() > 9, (
            "The weights are not normally distributed."
        )
        assert np.abs(np.mean(unit, axis=0)).max() < 0.6, "Weights of one input have something in common."
        assert np.abs(np.mean(unit, axis=1)).max() < 0.6, "Weights of one output have something in common."
        assert abs(np.mean(unit[1:] * unit[:-1])) < 0.04, "The rows are not independent of each other."


@grade("init", points=2)
def test_the_generator_alone_decides_the_weights(submission, rng):
    """The same seed gives the same weights, another seed others, and the next call with one generator others again."""
    seed = int(rng.integers(1_000_000))
    for kind in KINDS:
        calls = [(4, 6, kind, np.random.default_rng(number)) for number in (seed, seed, seed + 1)]
        first, again, other = (np.asarray(values) for values in submission.map(submission.init_weights, calls))
        agree(again, first)
        assert not np.allclose(first, other), "Generators with different seeds give the same weights."
        one, following = (np.asarray(submission.init_weights(4, 6, kind, rng)) for _ in range(2))
        assert not np.allclose(one, following), "The next call with the same generator gives the same weights again."


@grade("init", points=1)
def test_an_unknown_kind_is_refused(submission, rng):
    """A kind that is neither of the two raises ValueError."""
    with pytest.raises(ValueError):
        submission.init_weights(4, 6, "uniform", rng)

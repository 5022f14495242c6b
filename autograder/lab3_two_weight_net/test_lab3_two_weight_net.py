"""The hidden tests of lab 3: a network of two weights and its landscape."""

from __future__ import annotations

import re
from itertools import permutations

import numpy as np
import pytest

from allclose import agree, grade

H = 1e-3


def data(rng, n=9, slope=None, noise=0.2):
    """Points near a line through the origin; x is nowhere near zero."""
    slope = rng.uniform(0.8, 1.6) if slope is None else slope
    x = rng.uniform(0.5, 2.0, n)
    return x, slope * x + rng.normal(0, noise, n)


def place(rng):
    """Two weights of either sign, neither near zero, and of different sizes."""
    return rng.choice([-1, 1], 2) * (rng.uniform(0.4, 0.9), rng.uniform(1.2, 2.0))


def loss_at(w1, w2, x, y):
    return float(np.mean((w1 * w2 * x - y) ** 2))


def slope_by_product(w1, w2, x, y):
    """G, by which both derivatives are multiples of the other weight."""
    return 2 * np.mean(x * (w1 * w2 * x - y))


def least_squares(x, y):
    return np.sum(x * y) / np.sum(x * x)


# forward ------------------------------------------------------------------------------------------------------------


@grade("forward", points=4)
def test_the_output_is_the_input_times_both_weights(submission, rng):
    """A list of inputs is multiplied with one weight and then with the other."""
    for _ in range(4):
        w, x = place(rng), rng.normal(size=9)
        expected = w[0] * w[1] * x
        agree(submission.forward(w, x), expected)


@grade("forward", points=2)
def test_inputs_may_have_any_shape(submission, rng):
    """A number gives a number, an array of any shape an array of that shape."""
    for shape in ((), (3, 4), (2, 1, 3)):
        w, x = place(rng), rng.normal(size=shape)
        expected = w[0] * w[1] * x
        agree(submission.forward(w, x), expected)


@grade("forward", points=2)
def test_only_the_product_of_the_weights_counts(submission, rng):
    """Weights in the other order, of other signs or with the same product make the same network; a zero makes none."""
    (w1, w2), x = place(rng), rng.normal(size=6)
    pairs = [(w1, w2), (w2, w1), (-w1, -w2), (2 * w1, w2 / 2), (w1 * w2, 1.0), (0.0, w2), (w1, 0.0)]
    expected = np.array([one * other for one, other in pairs])[:, None] * x
    outputs = submission.map(submission.forward, [(np.array(pair), x.copy()) for pair in pairs])
    agree(outputs, list(expected))


@grade("forward", points=2)
def test_forward_leaves_its_arguments_as_they_were(submission, rng):
    """Neither the weights nor the inputs are changed."""
    w, x = place(rng), rng.normal(size=9)
    before = w.copy(), x.copy()
    assert submission.forward(w, x) is not None, "The result is None: is a return missing?"
    agree((w, x), before)


# loss ---------------------------------------------------------------------------------------------------------------


@grade("loss", points=4)
def test_the_loss_is_the_mean_of_the_squared_errors(submission, rng):
    """The losses of several lists of predictions."""
    pairs = [tuple(rng.normal(size=(2, 7))) for _ in range(6)]
    expected = [float(np.mean((y_pred - y) ** 2)) for y_pred, y in pairs]
    agree(submission.map(submission.loss, pairs), expected)


@grade("loss", points=2)
def test_the_loss_does_not_change_when_the_data_are_doubled(submission, rng):
    """The same data twice, side by side or below each other, have the loss that they have once."""
    y_pred, y = rng.normal(size=(2, 7))
    once = float(np.mean((y_pred - y) ** 2))
    for copies in (2, (5, 1), (2, 1, 3)):
        agree(submission.loss(np.tile(y_pred, copies), np.tile(y, copies)), once)


@grade("loss", points=2)
def test_the_loss_refuses_lists_of_different_lengths(submission, rng):
    """Predictions and targets of different lengths raise ValueError, one value against many too."""
    for one, other in permutations((6, 1, 5), 2):
        with pytest.raises(ValueError):
            submission.loss(rng.normal(size=one), rng.normal(size=other))


@grade("loss", points=2)
def test_the_loss_refuses_different_shapes_of_one_length(submission, rng):
    """A list against a column or a table of the same length raises ValueError, though NumPy can compute something."""
    for one, other in permutations(((6,), (6, 1), (6, 6)), 2):
        with pytest.raises(ValueError):
            submission.loss(rng.normal(size=one), rng.normal(size=other))


# gradient -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def gradient(submission):
    """`gradient`, resting on our answers to the questions before it."""
    return submission.with_reference("forward").with_reference("loss").gradient


def differences(w1, w2, x, y):
    """Central differences of the loss, which is a parabola in each weight alone, so that they are exact."""
    by_w1 = (loss_at(w1 + H, w2, x, y) - loss_at(w1 - H, w2, x, y)) / (2 * H)
    by_w2 = (loss_at(w1, w2 + H, x, y) - loss_at(w1, w2 - H, x, y)) / (2 * H)
    return by_w1, by_w2


@grade("gradient", points=8)
def test_gradient_is_the_slope_of_the_loss(gradient, rng):
    """Both derivatives agree with central differences of the loss, at several places and for several data."""
    # First errors that are all above zero: a sign that is lost does not show there, one that is wrong does.
    w = place(rng)
    cases = [(w, data(rng, 6, slope=w[0] * w[1] - 1, noise=0.0))]
    cases += [(place(rng), data(rng, n, slope)) for n in (1, 6, 40) for slope in (1.3, -0.7)]
    for w, (x, y) in cases:
        expected = differences(*w, x, y)
        agree(gradient(w, x, y), expected, rtol=1e-6, atol=1e-8)


@grade("gradient", points=5)
def test_gradient_where_a_weight_is_zero_and_where_nothing_pulls(gradient, rng):
    """On the axes, at the origin and at the best product, beside a place where the loss can still fall."""
    x, y = data(rng)
    best = least_squares(x, y)
    places = [(0.0, 1.5), (-0.8, 0.0), (0.0, 0.0), (0.5, best / 0.5), (-40.0, -best / 40.0), (0.7, -1.1)]
    expected = [[w2 * slope_by_product(w1, w2, x, y), w1 * slope_by_product(w1, w2, x, y)] for w1, w2 in places]
    for w, pair in zip(places, expected, strict=True):
        agree(gradient(np.array(w), x.copy(), y.copy()), pair, rtol=1e-6, atol=1e-8)


@grade("gradient", points=3)
def test_gradient_does_not_change_when_the_data_are_doubled(gradient, rng):
    """The same data several times over pull as they do once."""
    w, (x, y) = place(rng), data(rng)
    slope = slope_by_product(*w, x, y)
    once = float(w[1] * slope), float(w[0] * slope)
    agree(gradient(w, np.tile(x, 3), np.tile(y, 3)), once, rtol=1e-6, atol=1e-8)


@grade("gradient", points=2)
def test_weight_times_derivative_is_the_same_for_both(gradient, rng):
    """Growing either weight by one per cent changes the product, and so the loss, by the same amount."""
    places = [place(rng) for _ in range(4)]
    x, y = data(rng)
    for w in places:
        w1, w2 = (float(weight) for weight in w)
        share = w1 * w2 * slope_by_product(w1, w2, x, y)
        dw1, dw2 = (float(derivative) for derivative in gradient(w, x, y))
        agree([w1 * dw1, w2 * dw2], [share, share], rtol=1e-6, atol=1e-8)


@grade("gradient", points=2)
def test_a_small_step_against_the_gradient_lowers_the_loss(gradient, rng):
    """The gradient points uphill."""
    for _ in range(3):
        (w1, w2), (x, y) = place(rng), data(rng)
        here = loss_at(w1, w2, x, y)
        dw1, dw2 = (float(slope) for slope in gradient(np.array([w1, w2]), x.copy(), y.copy()))
        assert loss_at(w1 - 1e-5 * dw1, w2 - 1e-5 * dw2, x, y) < here, (
            "A small step against the gradient does not lower the loss."
        )


@grade("gradient", points=2)
def test_gradient_leaves_its_arguments_as_they_were(gradient, rng):
    """Neither the weights nor the data are changed."""
    w, (x, y) = place(rng), data(rng)
    before = w.copy(), x.copy(), y.copy()
    assert gradient(w, x, y) is not None, "The result is None: is a return missing?"
    agree((w, x, y), before)


# train --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def train(submission):
    """`train`, resting on our answers to the questions before it; it gives the two histories."""
    for question in ("forward", "loss", "gradient"):
        submission = submission.with_reference(question)

    def histories(*arguments):
        result = submission.train(*arguments)
        assert result is not None, "The result is None: is a return missing?"
        assert isinstance(result, (tuple, list)) and len(result) == 2, "train must return two things: losses, weights."
        assert all(isinstance(one, (list, tuple)) or getattr(one, "ndim", 0) > 0 for one in result), (
            "A history is a single value, without an entry for each epoch."
        )
        return result

    return histories


def descent(w, x, y, lr, epochs):
    """Losses and weights of gradient descent, both weights from the same old state."""
    states = [tuple(w)]
    for _ in range(epochs):
        w1, w2 = states[-1]
        slope = slope_by_product(w1, w2, x, y)
        states.append((w1 - lr * w2 * slope, w2 - lr * w1 * slope))
    return np.array([loss_at(*state, x, y) for state in states]), np.array(states)


def agree_on_histories(losses, weights, expected, **tolerances):
    """Arrays are compared as arrays, so that a mistake can be named; lists are right as well."""
    for actual, wanted in zip((weights, losses), (expected[1], expected[0]), strict=True):
        agree(actual, wanted.tolist() if isinstance(actual, (list, tuple)) else wanted, **tolerances)


@grade("train", points=7)
def test_training_takes_the_way_of_gradient_descent(train, rng):
    """Losses and weights after every epoch, for several starts and learning rates."""
    for lr in (0.004, 0.02):
        w, (x, y) = place(rng), data(rng)
        expected = descent(w, x, y, lr, 8)
        losses, weights = train(w, x, y, lr, 8)
        agree_on_histories(losses, weights, expected, rtol=1e-6)


@grade("train", points=4)
@pytest.mark.parametrize("epochs", [0, 1, 7])
def test_the_histories_begin_with_the_start_and_have_an_entry_for_each_epoch(train, rng, epochs):
    """epochs + 1 losses and pairs of weights, the first of which are the start's."""
    w, (x, y) = place(rng), data(rng)
    start, loss = w.tolist(), loss_at(*w, x, y)
    losses, weights = train(w, x, y, 0.01, epochs)
    assert len(losses) == len(weights) == epochs + 1, "A history does not have epochs + 1 entries."
    agree(weights[0], start if isinstance(weights[0], (list, tuple)) else np.array(start))
    agree(losses[0], loss)


@grade("train", points=3)
def test_each_loss_belongs_to_the_weights_beside_it(train, rng):
    """Entry t of the losses is the loss at entry t of the weights."""
    w, (x, y) = place(rng), data(rng)
    here = x.copy(), y.copy()
    losses, weights = train(w, x, y, 0.003, 9)
    beside = [loss_at(float(state[0]), float(state[1]), *here) for state in weights]
    assert len(beside) > 1, "A history does not have epochs + 1 entries."
    agree(losses, beside, rtol=1e-6)


@grade("train", points=3)
def test_both_weights_move_from_the_same_old_state(train, rng):
    """The difference of the squared weights shrinks by the factor of equation (5)."""
    (w1, w2), (x, y) = place(rng), data(rng)
    lr = 0.02
    _, weights = train(np.array([w1, w2]), x.copy(), y.copy(), lr, 8)
    states = [(float(state[0]), float(state[1])) for state in weights]
    assert len(states) > 1, "A history does not have epochs + 1 entries."
    assert states[0] != states[1], "The weights do not move."
    difference = [w1**2 - w2**2]
    for state in states[:-1]:
        difference.append(difference[-1] * (1 - lr**2 * slope_by_product(*state, x, y) ** 2))
    agree([one**2 - other**2 for one, other in states], [float(value) for value in difference], rtol=1e-6)


@grade("train", points=2)
def test_a_start_on_a_diagonal_stays_on_it(train, rng):
    """From equal weights into a valley, from opposite ones to the saddle."""
    x, y = data(rng, slope=1.2)
    w1 = rng.uniform(0.5, 0.8)
    for sign in (1, -1):
        expected = descent((w1, sign * w1), x, y, 0.06, 12)
        losses, weights = train(np.array([w1, sign * w1]), x.copy(), y.copy(), 0.06, 12)
        agree_on_histories(losses, weights, expected, rtol=1e-6, atol=1e-9)
        last = [abs(float(weight)) for weight in weights[-1]]
        agree(last, [last[0], last[0]], rtol=1e-6, atol=1e-9)


@grade("train", points=1)
def test_a_rate_that_is_too_large_is_not_held_back(train, rng):
    """The loss rises, and training goes on all the same."""
    (x, y), w = data(rng), (1.0, 2.0)
    lr = 2.5 / (2 * np.mean(x * x) * (w[0] ** 2 + w[1] ** 2))
    expected = descent(w, x, y, lr, 3)
    while expected[0][1] < 1.1 * expected[0][0]:  # a step across the valley may end lower than it began
        lr *= 1.3
        expected = descent(w, x, y, lr, 3)
    losses, weights = train(np.array(w), x.copy(), y.copy(), lr, 3)
    agree_on_histories(losses, weights, expected, rtol=1e-6)


@grade("train", points=2)
def test_training_leaves_its_arguments_as_they_were(train, rng):
    """Neither the start nor the data are changed."""
    w, (x, y) = place(rng), data(rng)
    before = w.copy(), x.copy(), y.copy()
    train(w, x, y, 0.01, 5)
    agree((w, x, y), before)


# field --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def gradient_field(submission):
    """`gradient_field`, resting on our answers to the questions that it may use."""
    for question in ("forward", "loss", "gradient"):
        submission = submission.with_reference(question)
    return submission.gradient_field


def field(w1s, w2s, x, y):
    dw1, dw2 = np.empty((2, len(w1s), len(w2s)))
    for i, w1 in enumerate(w1s):
        for j, w2 in enumerate(w2s):
            slope = slope_by_product(w1, w2, x, y)
            dw1[i, j], dw2[i, j] = w2 * slope, w1 * slope
    return dw1, dw2


@grade("field", points=4)
def test_the_field_is_the_gradient_place_by_place(gradient_field, rng):
    """Entry i, j of both tables is the gradient at the i-th first and the j-th second weight."""
    for p, q in ((4, 3), (2, 6)):
        (x, y), w1s, w2s = data(rng), rng.normal(size=p), rng.normal(size=q)
        expected = field(w1s, w2s, x, y)
        agree(gradient_field(w1s, w2s, x, y), expected, rtol=1e-6, atol=1e-8)


@grade("field", points=3)
def test_first_weights_go_along_rows_and_second_ones_along_columns(gradient_field, rng):
    """On a grid with as many weights of either kind, and on grids with one of either, the axes are not exchanged."""
    for p, q in ((5, 5), (1, 4), (4, 1)):
        (x, y), w1s, w2s = data(rng), rng.normal(size=p), rng.normal(size=q)
        expected = field(w1s, w2s, x, y)
        agree(gradient_field(w1s, w2s, x, y), expected, rtol=1e-6, atol=1e-8)


@grade("field", points=2)
def test_neighbours_in_the_field_differ_by_the_curvature(gradient_field, rng):
    """Along w1, its own derivative grows by 2·mean(x²)·w2² per unit; along w2, the other by 2·mean(x²)·w1²."""
    x, y = data(rng)
    w1s, w2s = np.arange(4) - rng.uniform(0.2, 0.8), np.arange(3) - rng.uniform(0.2, 0.8)
    square = 2 * np.mean(x * x)
    expected = np.tile(square * w2s**2, (3, 1)), np.tile(square * w1s[:, None] ** 2, (1, 2))
    result = gradient_field(w1s, w2s, x, y)
    assert result is not None, "The result is None: is a return missing?"
    dw1, dw2 = (np.asarray(table, dtype=float) for table in result)
    assert dw1.ndim == dw2.ndim == 2, "Each of the two must be a table with rows and columns."
    agree((np.diff(dw1, axis=0), np.diff(dw2, axis=1)), expected, rtol=1e-6, atol=1e-8)


@grade("field", points=1)
def test_the_field_leaves_its_arguments_as_they_were(gradient_field, rng):
    """Neither the grid nor the data are changed."""
    arguments = rng.normal(size=4), rng.normal(size=3), *data(rng)
    before = tuple(values.copy() for values in arguments)
    assert gradient_field(*arguments) is not None, "The result is None: is a return missing?"
    agree(arguments, before)


# stationary ---------------------------------------------------------------------------------------------------------

MINIMUM, SADDLE, ELSEWHERE = "minimum", "saddle", "not stationary"


@pytest.fixture
def classified(submission):
    """What `classify` says of several places, resting on our answers to the questions that it may use."""
    for question in ("forward", "loss", "gradient"):
        submission = submission.with_reference(question)

    def names(places, x, y):
        calls = [(float(w1), float(w2), x.copy(), y.copy()) for w1, w2 in places]
        answers = submission.map(submission.classify, calls)
        assert None not in answers, "The result is None: is a return missing?"
        known = (MINIMUM, SADDLE, ELSEWHERE)
        assert all(isinstance(answer, str) and answer in known for answer in answers), (
            "An answer is none of the three texts that the question names."
        )
        return answers

    return names


def ribbon(best, w1s):
    return [(w1, best / w1) for w1 in w1s]


@grade("stationary", points=5)
def test_minima_saddle_and_other_places_are_told_apart(classified, rng):
    """Along both branches of the ribbon, the origin and elsewhere, on noisy data and a line that is nearly flat."""
    for slope, noise in ((None, 0.2), (0.1, 0.0)):
        x, y = data(rng, 12, slope, noise)
        best = least_squares(x, y)
        w1, w2 = place(rng)
        places = [*ribbon(best, (w1, w2, -w1)), (0.0, 0.0), (w1, 1.1 * best / w1), (w1, -best / w1), (w2, 0.3)]
        expected = [MINIMUM] * 3 + [SADDLE] + [ELSEWHERE] * 3
        agree(classified(places, x, y), expected)


@grade("stationary", points=3)
def test_a_line_that_falls_has_its_ribbon_in_the_other_quadrants(classified, rng):
    """Data of negative slope, without noise."""
    x, y = data(rng, 12, slope=-0.9, noise=0.0)
    best = least_squares(x, y)
    w1, w2 = place(rng)
    places = [*ribbon(best, (w1, w2, -w1, 3.0, -0.1)), (0.0, 0.0), (w1, -best / w1), (1.0, best - 0.01), (2.0, 2.0)]
    expected = [MINIMUM] * 5 + [SADDLE] + [ELSEWHERE] * 3
    agree(classified(places, x, y), expected)


@grade("stationary", points=3)
def test_both_derivatives_count_each_by_its_size(classified, rng):
    """Where only one derivative is zero, or the two cancel, or both are negative, the place is not stationary."""
    x, y = data(rng, 12)
    best = least_squares(x, y)
    w1, w2 = rng.uniform(0.4, 0.9), rng.uniform(1.2, 2.0)
    places = [(0.0, w2), (-w1, 0.0), (w1, -w1), (-w2, w2), (w1, 0.5 * best / w1), (0.0, 0.0), (w1, best / w1)]
    expected = [ELSEWHERE] * 5 + [SADDLE, MINIMUM]
    agree(classified(places, x, y), expected)


@grade("stationary", points=4)
@pytest.mark.parametrize("slope", [1.3, -0.6])
def test_the_tolerance_is_one_on_the_derivatives(classified, rng, slope):
    """Places next to the origin and next to the ribbon, with derivatives within 1e-8, a little and well beyond it."""
    x, y = data(rng, 12, slope)
    best, moment, square = least_squares(x, y), np.mean(x * y), np.mean(x * x)
    places, expected = [], []
    for size in (6e-9, 1.5e-8, 1e-7, 1e-5):
        near_origin, near_ribbon = (SADDLE, MINIMUM) if size < 1e-8 else (ELSEWHERE, ELSEWHERE)
        step = size / (2 * moment)
        places += [(step, 0.0), (0.0, step), (step, step / 2), (-step, step)]
        expected += [near_origin] * 4
        for w1 in (0.7, -2.5, 40.0):
            # A step along w2 changes the slope by 2·mean(x²)·w1, and either derivative by that times the other weight.
            w2 = best / w1
            places.append((w1, w2 + size / (2 * square * abs(w1) * max(abs(w1), abs(w2)))))
            expected.append(near_ribbon)
    agree(classified(places, x, y), expected)


# figure -------------------------------------------------------------------------------------------------------------

#: Runs among the student's names: draws the figure and gives what was handed to matplotlib for its filled contours, as
#: they are computed, with the extent of the axes that they are drawn on.
CONTOURS = """
def allclose_contours(w1s, w2s, x, y):
    import numpy
    from matplotlib.axes import Axes

    drawn, plain = [], {name: getattr(Axes, name) for name in ("contourf", "tricontourf")}

    def watched(name):
        def draw(axes, *given, **named):
            contour = plain[name](axes, *given, **named)
            drawn.append((axes, [numpy.array(part, dtype=float) for part in given[:3] if numpy.ndim(part) > 0]))
            return contour

        return draw

    for name in plain:
        setattr(Axes, name, watched(name))
    try:
        landscape_figure(w1s, w2s, x, y)
    finally:
        for name, function in plain.items():
            setattr(Axes, name, function)
    return [[parts, list(axes.get_xlim()), list(axes.get_ylim())] for axes, parts in drawn]
"""


def places_and_heights(parts, across, up):
    """Where a contour has its heights, and these heights: three flat arrays."""
    parts = [np.asarray(part, dtype=float) for part in parts]
    if len(parts) < 3:
        # Without coordinates the table is spread over the axes.
        count = np.atleast_2d(parts[0]).shape
        parts = [np.linspace(*across, count[1]), np.linspace(*up, count[0]), parts[0]]
    columns, rows, heights = parts
    if heights.ndim == 2 and columns.ndim == 1:
        columns, rows = np.meshgrid(columns, rows)
    return columns.ravel(), rows.ravel(), heights.ravel()


@pytest.fixture
def resting(submission):
    """The submission, resting on our answers to the questions that the figure may use."""
    for question in ("forward", "loss", "gradient", "train", "field"):
        submission = submission.with_reference(question)
    return submission


def described(figure):
    """The description of a figure, as it comes from the sandbox."""
    assert figure is not None, "The result is None: return the figure, do not only show it."
    assert hasattr(figure, "axes") and len(figure.axes) > 0, "The result is not a figure with axes."
    return figure


def landscape(resting, rng):
    """The figure of a landscape over a small grid with equal sides, which hide a table that is not turned."""
    return described(resting.landscape_figure(np.linspace(-1, 1, 3), np.linspace(0, 2, 3), *data(rng)))


def weight_named_by(label):
    """The weight that a label speaks of, also written as a formula or with a small figure; else the label itself."""
    plain = re.sub(r"[${}_\\ ]|math[a-z]+", "", label).translate(str.maketrans("₁₂W", "12w"))
    named = [name for name in ("w1", "w2") if name in plain]
    return named[0] if len(named) == 1 else label


@grade("figure", points=2)
def test_the_axes_are_labelled_with_the_weights(resting, rng):
    """The horizontal axis says w1, the vertical one w2."""
    figure = landscape(resting, rng)
    drawn_on = next((axes for axes in figure.axes if axes.filled), figure.axes[0])
    agree([weight_named_by(drawn_on.xlabel), weight_named_by(drawn_on.ylabel)], ["w1", "w2"])


@grade("figure", points=1)
def test_the_figure_has_a_title(resting, rng):
    """A title, of the axes or of the whole figure."""
    figure = landscape(resting, rng)
    titles = [figure.title, *(axes.title for axes in figure.axes)]
    assert any(title.strip() for title in titles), "There is no title."


@grade("figure", points=2)
def test_the_loss_is_drawn_as_a_filled_contour(resting, rng):
    """A filled contour of the loss over the whole grid, w1 across and w2 up."""
    drawn = landscape(resting, rng).axes
    filled = sum(axes.filled for axes in drawn)
    assert filled or not any(axes.images for axes in drawn), "An image is not a filled contour."
    assert filled, "There is no filled contour."
    x, y = data(rng)
    w1s, w2s = np.linspace(-1.3, 0.9, 4), np.linspace(0.2, 1.9, 3)
    resting.run(CONTOURS)
    contours = resting.allclose_contours(w1s, w2s, x.copy(), y.copy())
    assert len(contours) > 0, "There is no filled contour."
    columns, rows, heights = places_and_heights(*contours[0])
    agree([columns.min(), columns.max(), rows.min(), rows.max()], [-1.3, 0.9, 0.2, 1.9], rtol=1e-6)
    losses = np.array([loss_at(w1, w2, x, y) for w1, w2 in zip(columns, rows, strict=True)])
    risen = np.diff(heights[np.argsort(losses)])
    # A logarithm, a root or a ceiling changes the heights, but never which of two places is the higher one.
    assert np.all(risen >= -1e-9 * np.ptp(heights)) and np.ptp(heights) > 0, "What is drawn is not the loss."

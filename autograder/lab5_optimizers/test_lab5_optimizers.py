"""Hidden tests of lab 5: paths of many steps against sums that are written out here, not against one step."""

import numpy as np
import pytest

from allclose import agree, grade
from solutions import lab5_optimizers as reference

# An eps of 1e-8 does not show at this tolerance: what is wrong with eps costs its points in the tests of eps.
COARSE = 1e-5


def _gradients(rng, steps, *shape):
    """Random gradients, of a different size in each coordinate."""
    return rng.normal(size=(steps, *shape)) * 10 ** rng.uniform(-0.5, 1.5, size=shape)


# What follows in quotes runs where the student's code runs, because a trip for each step would cost more than the steps
# do. What it needs it imports: the notebook may have other things of these names.
WALK = """
def _walk_of_a_test(optimizer, theta, grads, other, its_grads):
    import numpy
    from builtins import hasattr, zip

    made = [None if each is None else each[0](*each[1], **each[2]) for each in (optimizer, other)]
    path, elsewhere = [theta], numpy.ones_like(theta)
    for grad, its_grad in zip(grads, its_grads):
        new = made[0].step(path[-1].copy(), grad.copy())
        if hasattr(new, "detach"):
            new = new.detach().cpu().numpy()
        if numpy.shape(new) != theta.shape:
            return new
        path.append(numpy.array(new, dtype="float64"))
        if other is not None:
            elsewhere = made[1].step(elsewhere, its_grad.copy())
    return numpy.array(path)

_walk_of_a_test
"""
STEP = "lambda optimizer, theta, grad: optimizer[0](*optimizer[1], **optimizer[2]).step(theta, grad)"
STEPS = """
def _steps_of_a_test(optimizer, theta, grads):
    made = optimizer[0](*optimizer[1], **optimizer[2])
    for grad in grads:
        made.step(theta, grad)

_steps_of_a_test
"""


def _made(optimizer, *args, **kwargs):
    """An optimizer that is made where it is used."""
    return [optimizer, args, kwargs]


@pytest.fixture
def path(submission):
    """Where an optimizer goes, the start included, while another may be used in between; it never sees our arrays."""

    def path(optimizer, theta, grads, other=None, its_grads=None):
        places = submission.run(WALK, optimizer, theta, grads, other, grads if other is None else its_grads)
        if np.shape(places) != (len(grads) + 1, *theta.shape):
            agree(places, theta)  # says what is wrong with the kind or the shape of a step
        return places

    return path


@pytest.fixture
def step(submission):
    """Where a first step leads, as the submission gives it back."""
    return lambda optimizer, theta, grad: submission.run(STEP, optimizer, theta.copy(), grad.copy())


def _from_zero(moves):
    """The path that these moves make."""
    return np.concatenate([np.zeros_like(moves[:1]), np.cumsum(moves, axis=0)])


def _decayed_sums(values, decay):
    """For each step t the sum of decay^(t - k) · values[k] over k = 0 … t, written out."""
    t = np.arange(len(values))
    weights = np.tril(decay ** np.maximum(t[:, None] - t, 0.0))
    return np.tensordot(weights, values, axes=1)


def _assert_arguments_stay(submission, optimizer, rng):
    theta, grads = rng.normal(size=5), _gradients(rng, 4, 5)
    given_theta, given_grads = theta.copy(), grads.copy()
    submission.run(STEPS, optimizer, given_theta, given_grads)
    assert np.array_equal(given_theta, theta), "step changes the parameters it was given"
    assert np.array_equal(given_grads, grads), "step changes the gradient it was given"


# momentum -----------------------------------------------------------------------------------------------------------


@grade("momentum", points=4)
def test_momentum_sums_the_gradients_with_weights_that_decay(submission, path, rng):
    """Forty steps with random gradients, from zero."""
    grads, lr = _gradients(rng, 40, 7), 0.03
    expected = _from_zero(-lr * _decayed_sums(grads, 0.9))
    agree(path(_made(submission.Momentum, lr), np.zeros(7), grads), expected)


@grade("momentum", points=2)
def test_momentum_keeps_as_much_speed_as_it_is_told(submission, path, rng):
    """Other values of rho, from a random start."""
    for rho in (0.0, 0.5, 0.99):
        theta, grads = rng.normal(size=5), _gradients(rng, 20, 5)
        expected = theta + _from_zero(-0.2 * _decayed_sums(grads, rho))
        agree(path(_made(submission.Momentum, 0.2, rho=rho), theta, grads), expected)


@grade("momentum", points=2)
def test_momentums_first_step_is_that_of_descent(submission, step, rng):
    """One step, for parameters of several shapes."""
    for shape in ((6,), (2, 3), (4, 1, 2)):
        theta, grad = rng.normal(size=(2, *shape))
        expected = theta - 0.3 * grad
        agree(step(_made(submission.Momentum, lr=0.3, rho=0.8), theta, grad), expected)


@grade("momentum", points=2)
def test_the_speed_grows_in_a_constant_gradient(submission, path, rng):
    """A constant gradient: the step grows towards lr·g/(1 − rho)."""
    grad, t = rng.uniform(0.5, 2.0, size=4), np.arange(1, 31)
    moves = -0.01 * grad * ((1 - 0.8 ** t[:, None]) / (1 - 0.8))
    agree(path(_made(submission.Momentum, 0.01, 0.8), np.zeros(4), np.tile(grad, (30, 1))), _from_zero(moves))


@grade("momentum", points=1)
def test_the_ball_rolls_on_where_the_ground_is_flat(submission, path, rng):
    """A gradient that is zero after the first steps."""
    grads = _gradients(rng, 15, 4)
    grads[3:] = 0
    expected = _from_zero(-0.1 * _decayed_sums(grads, 0.7))
    agree(path(_made(submission.Momentum, 0.1, 0.7), np.zeros(4), grads), expected)


@grade("momentum", points=2)
def test_two_balls_have_their_own_speed(submission, path, step, rng):
    """Two optimizers used in turn, and one made after them."""
    grads, others = _gradients(rng, 12, 5), _gradients(rng, 12, 5)
    expected = _from_zero(-0.1 * _decayed_sums(grads, 0.9))
    agree(
        path(_made(submission.Momentum, 0.1), np.zeros(5), grads, _made(submission.Momentum, 0.5, 0.3), others),
        expected,
    )
    agree(step(_made(submission.Momentum, 0.1), np.zeros(5), grads[0]), expected[1])


@grade("momentum", points=1)
def test_momentum_leaves_its_arguments_alone(submission, rng):
    """Parameters and gradients that were given to step are unchanged."""
    _assert_arguments_stay(submission, _made(submission.Momentum, 0.1), rng)


# adagrad ------------------------------------------------------------------------------------------------------------


def _adagrad(lr, eps, grads):
    return _from_zero(-lr * grads / (np.sqrt(np.cumsum(grads**2, axis=0)) + eps))


@grade("adagrad", points=4)
def test_adagrad_divides_by_the_root_of_all_squares_so_far(submission, path, rng):
    """Forty steps with random gradients, from zero."""
    grads = _gradients(rng, 40, 7)
    expected = _adagrad(0.3, 1e-8, grads)
    agree(path(_made(submission.AdaGrad, 0.3), np.zeros(7), grads), expected, rtol=COARSE)


@grade("adagrad", points=2)
def test_adagrads_steps_shrink_as_one_over_the_root_of_t(submission, path, rng):
    """A constant gradient, of another size in each coordinate: all move alike."""
    grad = np.array([-300.0, 2.0, 0.05]) * rng.uniform(1, 2, size=3)
    moves = -0.2 * np.sign(grad) / np.sqrt(np.arange(1, 101))[:, None]
    expected = rng.normal(size=3)
    theta, expected = expected, expected + _from_zero(moves)
    agree(path(_made(submission.AdaGrad, 0.2), theta, np.tile(grad, (100, 1))), expected, rtol=COARSE, atol=1e-6)


@grade("adagrad", points=2)
def test_adagrad_adds_eps_outside_the_root(submission, path, rng):
    """A large eps and small gradients, in an array with two axes."""
    grads = 0.01 * rng.normal(size=(20, 3, 2))
    expected = _adagrad(0.3, 1e-2, grads)
    agree(path(_made(submission.AdaGrad, 0.3, eps=1e-2), np.zeros((3, 2)), grads), expected)


@grade("adagrad", points=2)
def test_adagrad_rests_where_the_gradient_is_zero(submission, path, rng):
    """Coordinates whose gradient is zero, at first, now and then, or always."""
    grads = _gradients(rng, 20, 6)
    grads[:4, :3] = grads[8:12, 3] = grads[:, 5] = grads[0] = 0
    expected = _adagrad(0.3, 1e-8, grads)
    agree(path(_made(submission.AdaGrad, 0.3), np.zeros(6), grads), expected, rtol=COARSE)


@grade("adagrad", points=1)
def test_two_adagrads_have_their_own_sums(submission, path, step, rng):
    """Two optimizers used in turn, and one made after them."""
    grads, others = _gradients(rng, 12, 5), _gradients(rng, 12, 5)
    expected = _adagrad(0.1, 1e-8, grads)
    agree(
        path(_made(submission.AdaGrad, 0.1), np.zeros(5), grads, _made(submission.AdaGrad, 0.5), others),
        expected,
        rtol=COARSE,
    )
    agree(step(_made(submission.AdaGrad, 0.1), np.zeros(5), grads[0]), expected[1], rtol=COARSE)


@grade("adagrad", points=1)
def test_adagrad_leaves_its_arguments_alone(submission, rng):
    """Parameters and gradients that were given to step are unchanged."""
    _assert_arguments_stay(submission, _made(submission.AdaGrad, 0.1), rng)


# rmsprop ------------------------------------------------------------------------------------------------------------


def _rmsprop(lr, gamma, eps, grads):
    mean_squares = (1 - gamma) * _decayed_sums(grads**2, gamma)
    return _from_zero(-lr * grads / (np.sqrt(mean_squares) + eps))


@grade("rmsprop", points=4)
def test_rmsprop_divides_by_the_root_of_a_moving_average(submission, path, rng):
    """Forty steps with random gradients, from zero."""
    grads = _gradients(rng, 40, 7)
    expected = _rmsprop(0.03, 0.9, 1e-8, grads)
    agree(path(_made(submission.RMSProp, 0.03), np.zeros(7), grads), expected, rtol=COARSE)


@grade("rmsprop", points=2)
def test_rmsprop_forgets_as_fast_as_it_is_told(submission, path, rng):
    """Other values of gamma, from a random start; with 0 only the sign of the gradient counts."""
    for gamma in (0.0, 0.5, 0.99):
        theta, grads = rng.normal(size=5), _gradients(rng, 20, 5)
        expected = theta + _rmsprop(0.2, gamma, 1e-8, grads)
        agree(path(_made(submission.RMSProp, 0.2, gamma=gamma), theta, grads), expected, rtol=COARSE)


@grade("rmsprop", points=2)
def test_rmsprops_average_starts_at_zero(submission, path, rng):
    """A constant gradient: the first steps are too long, and all coordinates move alike."""
    grad, t = np.array([-300.0, 2.0, 0.05]) * rng.uniform(1, 2, size=3), np.arange(1, 41)
    moves = -0.1 * np.sign(grad) / np.sqrt(1 - 0.8 ** t[:, None])
    agree(
        path(_made(submission.RMSProp, 0.1, 0.8), np.zeros(3), np.tile(grad, (40, 1))), _from_zero(moves), rtol=COARSE
    )


@grade("rmsprop", points=2)
def test_rmsprop_adds_eps_outside_the_root(submission, path, rng):
    """A large eps and small gradients, in an array with two axes."""
    grads = 0.01 * rng.normal(size=(20, 3, 2))
    expected = _rmsprop(0.3, 0.9, 1e-2, grads)
    agree(path(_made(submission.RMSProp, 0.3, eps=1e-2), np.zeros((3, 2)), grads), expected)


@grade("rmsprop", points=2)
def test_rmsprop_rests_where_the_gradient_is_zero_and_goes_on_forgetting(submission, path, rng):
    """Coordinates whose gradient is zero, at first, now and then, or always."""
    grads = _gradients(rng, 20, 6)
    grads[:4, :3] = grads[8:12, 3] = grads[:, 5] = grads[0] = 0
    expected = _rmsprop(0.3, 0.7, 1e-8, grads)
    agree(path(_made(submission.RMSProp, 0.3, 0.7), np.zeros(6), grads), expected, rtol=COARSE)


@grade("rmsprop", points=1)
def test_two_rmsprops_have_their_own_averages(submission, path, step, rng):
    """Two optimizers used in turn, and one made after them."""
    grads, others = _gradients(rng, 12, 5), _gradients(rng, 12, 5)
    expected = _rmsprop(0.1, 0.9, 1e-8, grads)
    agree(
        path(_made(submission.RMSProp, 0.1), np.zeros(5), grads, _made(submission.RMSProp, 0.5, 0.3), others),
        expected,
        rtol=COARSE,
    )
    agree(step(_made(submission.RMSProp, 0.1), np.zeros(5), grads[0]), expected[1], rtol=COARSE)


@grade("rmsprop", points=1)
def test_rmsprop_leaves_its_arguments_alone(submission, rng):
    """Parameters and gradients that were given to step are unchanged."""
    _assert_arguments_stay(submission, _made(submission.RMSProp, 0.1), rng)


# adam ---------------------------------------------------------------------------------------------------------------


def _adam(lr, beta1, beta2, eps, grads):
    t = np.arange(1.0, len(grads) + 1).reshape(-1, *[1] * (grads.ndim - 1))
    means = (1 - beta1) * _decayed_sums(grads, beta1) / (1 - beta1**t)
    mean_squares = (1 - beta2) * _decayed_sums(grads**2, beta2) / (1 - beta2**t)
    return _from_zero(-lr * means / (np.sqrt(mean_squares) + eps))


@grade("adam", points=6)
def test_adam_goes_the_right_way_for_sixty_steps(submission, path, rng):
    """Sixty steps with random gradients, from zero."""
    grads = _gradients(rng, 60, 7)
    expected = _adam(0.02, 0.9, 0.999, 1e-8, grads)
    agree(path(_made(submission.Adam, lr=0.02), np.zeros(7), grads), expected, rtol=COARSE)


@grade("adam", points=4)
def test_adam_adds_eps_outside_the_root_after_the_correction(submission, path, rng):
    """Fifty steps with a large eps and small gradients."""
    grads = 0.02 * rng.normal(size=(50, 6))
    expected = _adam(0.02, 0.9, 0.999, 1e-2, grads)
    agree(path(_made(submission.Adam, lr=0.02, eps=1e-2), np.zeros(6), grads), expected)


@grade("adam", points=3)
def test_adam_forgets_as_fast_as_it_is_told(submission, path, rng):
    """Other values of beta1 and beta2, from a random start."""
    for beta1, beta2 in ((0.5, 0.9), (0.95, 0.6), (0.0, 0.99), (0.8, 0.0)):
        theta, grads = rng.normal(size=5), _gradients(rng, 20, 5)
        expected = theta + _adam(0.2, beta1, beta2, 1e-8, grads)
        agree(path(_made(submission.Adam, 0.2, beta1=beta1, beta2=beta2), theta, grads), expected, rtol=COARSE)


@grade("adam", points=3)
def test_adams_step_has_the_length_of_the_rate_in_a_constant_gradient(submission, path, rng):
    """A constant gradient, very large to very small: after the correction every step has the length lr."""
    grad = np.array([-3e4, 2.0, 0.05, -0.3]) * rng.uniform(1, 2, size=4)
    moves = np.tile(-0.05 * grad / (abs(grad) + 1e-8), (30, 1))
    agree(path(_made(submission.Adam, 0.05), np.zeros(4), np.tile(grad, (30, 1))), _from_zero(moves), rtol=COARSE)


@grade("adam", points=3)
def test_adam_counts_steps_whose_gradient_is_zero(submission, path, rng):
    """Coordinates whose gradient is zero, at first, now and then, or always."""
    grads = _gradients(rng, 30, 6)
    grads[:6, :3] = grads[8:12, 3] = grads[:, 5] = grads[:2] = 0
    expected = _adam(0.1, 0.9, 0.999, 1e-8, grads)
    agree(path(_made(submission.Adam, 0.1), np.zeros(6), grads), expected, rtol=COARSE)


VALLEY = """
def _valley_of_a_test(optimizer, theta, steps):
    import numpy
    from builtins import hasattr, range

    made, path = optimizer[0](*optimizer[1], **optimizer[2]), [theta]
    for _ in range(steps):
        x, y = path[-1]
        grad = numpy.array([2 * x - 2 - 400 * x * (y - x**2), 200 * (y - x**2)])
        new = made.step(path[-1].copy(), grad)
        path.append(numpy.array(new.detach().cpu().numpy() if hasattr(new, "detach") else new, dtype="float64"))
    return numpy.array(path)

_valley_of_a_test
"""


@grade("adam", points=3)
def test_adam_goes_down_a_bent_valley(submission, rng):
    """Rosenbrock's function: the gradient is taken where the optimizer's own steps led."""
    start = np.array([-1.2, 1.0]) + rng.uniform(-0.1, 0.1, size=2)
    ours, expected = reference.Adam(0.01), [start]
    for _ in range(10):
        x, y = expected[-1]
        grad = np.array([2 * x - 2 - 400 * x * (y - x**2), 200 * (y - x**2)])
        expected.append(ours.step(expected[-1], grad))
    agree(submission.run(VALLEY, _made(submission.Adam, 0.01), start, 10), np.array(expected), rtol=COARSE)


@grade("adam", points=2)
def test_two_adams_have_their_own_memory(submission, path, step, rng):
    """Two optimizers used in turn, and one made after them."""
    grads, others = _gradients(rng, 12, 5), _gradients(rng, 12, 5)
    expected = _adam(0.1, 0.9, 0.999, 1e-8, grads)
    agree(
        path(_made(submission.Adam, 0.1), np.zeros(5), grads, _made(submission.Adam, 0.5, 0.3, 0.5), others),
        expected,
        rtol=COARSE,
    )
    agree(step(_made(submission.Adam, 0.1), np.zeros(5), grads[0]), expected[1], rtol=COARSE)


@grade("adam", points=2)
def test_adam_leaves_its_arguments_alone(submission, rng):
    """Parameters and gradients that were given to step are unchanged."""
    _assert_arguments_stay(submission, _made(submission.Adam, 0.1), rng)


@grade("adam", points=2)
def test_adam_without_settings_has_the_papers_in_every_shape(submission, path, rng):
    """Adam() on parameters of several shapes."""
    for shape in ((6,), (2, 3), (4, 1, 2)):
        grads = _gradients(rng, 6, *shape)
        expected = _adam(1e-3, 0.9, 0.999, 1e-8, grads)
        agree(path(_made(submission.Adam), np.zeros(shape), grads), expected, rtol=COARSE)


# schedule -----------------------------------------------------------------------------------------------------------


def _rates(submission, kind, runs):
    """The rates of some (total, lr), each at every step of its run."""
    calls = [(step, total, lr, kind) for total, lr in runs for step in range(total + 1)]
    return submission.map(submission.scheduled_lr, calls)


@grade("schedule", points=3)
def test_cosine_is_half_a_wave_down_to_zero(submission):
    """ "cosine", from the start to the end of runs of several lengths."""
    runs = ((11, 0.3), (40, 2.0), (1, 0.5))
    expected = [lr * np.cos(np.pi * step / total / 2) ** 2 for total, lr in runs for step in range(total + 1)]
    agree(_rates(submission, "cosine", runs), [float(rate) for rate in expected])


@grade("schedule", points=2)
def test_exponential_falls_by_one_factor_down_to_a_hundredth(submission):
    """ "exponential", from the start to the end of runs of several lengths."""
    runs = ((11, 0.3), (40, 2.0), (1, 0.5))
    expected = [float(rate) for total, lr in runs for rate in np.geomspace(lr, lr / 100, total + 1)]
    agree(_rates(submission, "exponential", runs), expected)


@grade("schedule", points=3)
def test_step_is_a_tenth_after_each_third(submission):
    """ "step", from the start to the end of runs whose length 3 divides."""
    runs = ((12, 0.3), (30, 2.0), (3, 0.5))
    expected = [lr / 10 ** (step // (total // 3)) for total, lr in runs for step in range(total + 1)]
    agree(_rates(submission, "step", runs), expected)


@grade("schedule", points=1)
def test_step_is_right_where_the_thirds_are_no_whole_numbers(submission):
    """ "step", in runs whose length 3 does not divide."""
    # Without the last step, where a rounded third and an exact one differ.
    calls = [(step, total, 0.3, "step") for total in (10, 20, 100, 7) for step in range(total)]
    expected = [0.3 / 10 ** sum(3 * step >= part * total for part in (1, 2)) for step, total, _, _ in calls]
    agree(submission.map(submission.scheduled_lr, calls), expected)


@grade("schedule", points=0.5)
def test_constant_stays(submission):
    """ "constant", from the start to the end."""
    runs = ((7, 0.3), (20, 2.0), (1, 0.5))
    expected = [lr for total, lr in runs for _ in range(total + 1)]
    agree(_rates(submission, "constant", runs), expected)


@grade("schedule", points=0.5)
def test_an_unknown_schedule_is_an_error(submission):
    """A name that is none of the four."""
    for kind in ("linear", "Cosine", ""):
        with pytest.raises(ValueError):
            submission.scheduled_lr(2, 10, 0.1, kind)


# race ---------------------------------------------------------------------------------------------------------------

# The racers are not the student's own optimizers: a mistake in those has cost its points already. They run in a bowl,
# whose loss and gradient take whatever a student's code computes with.
RACES = """
def _races_of_a_test(race, settings, curvatures, tol, runs):
    import numpy
    from builtins import float, hasattr

    def racer(lr, rho):
        class Racer:
            def __init__(self):
                self.velocity = 0.0

            def step(self, theta, grad):
                with numpy.errstate(all="ignore"):
                    self.velocity = rho * self.velocity + grad
                    return theta - lr * self.velocity

        return Racer

    def plain(theta):
        return numpy.asarray(theta.detach().cpu().numpy() if hasattr(theta, "detach") else theta)

    def loss(theta):
        with numpy.errstate(all="ignore"):
            return float(0.5 * numpy.sum(curvatures * plain(theta) ** 2))

    def grad(theta):
        with numpy.errstate(all="ignore"):
            return curvatures * plain(theta)

    racers = {name: racer(lr, rho) for name, (lr, rho) in settings.items()}
    return [race(racers, loss, grad, theta0, tol, max_steps) for theta0, max_steps in runs]

_races_of_a_test
"""


def _races(submission, settings, curvatures, tol, *runs):
    """What `race` says of the same racers in one race after the other, each from a start and of so many steps."""
    return submission.run(RACES, submission.race, settings, curvatures, tol, runs)


def _expected(settings, curvatures, theta0, tol, max_steps):
    """The steps of each racer, None where it does not arrive."""
    lr, rho = (np.array(column)[:, None] for column in zip(*settings.values(), strict=True))
    theta, velocity = np.tile(theta0, (len(settings), 1)), 0.0
    arrived = np.full(len(settings), -1)
    with np.errstate(all="ignore"):
        for steps in range(max_steps + 1):
            there = 0.5 * (theta * theta) @ curvatures <= tol
            arrived[there & (arrived < 0)] = steps
            if arrived.min() >= 0:
                break
            velocity = rho * velocity + curvatures * theta
            theta = theta - lr * velocity
    return {name: int(steps) if steps >= 0 else None for name, steps in zip(settings, arrived, strict=True)}


def _assert_same(result, expected):
    """The same names, None at the same ones, and the same steps at the others."""
    assert isinstance(result, dict) and set(result) == set(expected), (
        "race must return a dictionary with the names of the optimizers and nothing else"
    )
    late = [name for name, steps in expected.items() if steps is None]
    assert all(result[name] is None for name in late), "an optimizer that does not get there must be None"
    arrived = [name for name in expected if name not in late]
    assert all(result[name] is not None for name in arrived), "an optimizer that gets there in time is None"
    agree(np.array([result[name] for name in arrived]), np.array([expected[name] for name in arrived]))


@grade("race", points=4)
def test_every_racer_has_the_steps_it_needs(submission, rng):
    """Several optimizers on a bowl: fast ones, slow ones and one that is too slow."""
    curvatures = np.array([1.0, 4.0, 9.0]) * rng.uniform(0.9, 1.1, size=3)
    theta0 = rng.uniform(1.0, 2.0, size=3)
    settings = {"slow": (0.06, 0.0), "brisk": (0.1, 0.0), "heavy": (0.03, 0.8), "light": (0.05, 0.5), "late": (1e-3, 0)}
    settings |= {"swinging": (0.15, 0.4), "quick": (0.15, 0.0)}
    expected = _expected(settings, curvatures, theta0, 0.1, 40)
    _assert_same(*_races(submission, settings, curvatures, 0.1, (theta0, 40)), expected)


# In a bowl whose loss is theta², without a rounding error: to a half in each step, and to a quarter.
SQUARE = np.array([2.0])
HALVES = {"half": (0.25, 0.0), "quarter": (0.375, 0.0)}


@grade("race", points=2)
def test_the_goal_is_reached_when_the_loss_equals_it(submission):
    """A loss that meets the goal exactly."""
    (result,) = _races(submission, HALVES, SQUARE, 1.0, (np.array([64.0]), 20))
    _assert_same(result, {"half": 6, "quarter": 3})


@grade("race", points=2)
def test_who_starts_at_the_goal_needs_no_step(submission):
    """A start that is good enough, also where no step is allowed."""
    runs = [(np.array([start]), max_steps) for start, max_steps in ((0.5, 20), (0.5, 0), (4.0, 0))]
    for steps, result in zip((0, 0, None), _races(submission, HALVES, SQUARE, 1.0, *runs), strict=True):
        _assert_same(result, {"half": steps, "quarter": steps})


@grade("race", points=2)
def test_the_last_allowed_step_counts_and_none_after_it(submission):
    """A goal that is reached with the very last step, or one step too late."""
    runs = [(np.array([64.0]), max_steps) for max_steps in (2, 3, 5, 6, 7)]
    for (_, n), result in zip(runs, _races(submission, HALVES, SQUARE, 1.0, *runs), strict=True):
        _assert_same(result, {"half": 6 if n >= 6 else None, "quarter": 3 if n >= 3 else None})


@grade("race", points=2)
def test_who_runs_away_is_none(submission, rng):
    """Optimizers that go to infinity and beyond, and one that goes round in circles, beside one that arrives."""
    curvatures = np.array([1.0, 1.0])
    theta0 = rng.uniform(1.0, 2.0, size=2)
    settings = {"far": (1e30, 0.0), "round": (2.0, 0.0), "nan": (np.nan, 0.0), "good": (0.3, 0.0), "up": (-0.5, 0.0)}
    expected = _expected(settings, curvatures, theta0, 1e-3, 25)
    _assert_same(*_races(submission, settings, curvatures, 1e-3, (theta0, 25)), expected)


@grade("race", points=1)
def test_a_loss_that_rises_on_the_way_may_still_arrive(submission, rng):
    """Optimizers that overshoot, so that the loss rises now and then."""
    curvatures = np.array([1.0, 30.0])
    theta0 = rng.uniform(1.0, 2.0, size=2)
    settings = {"heavy": (0.03, 0.9), "heavier": (0.02, 0.95), "wild": (0.1, 0.8)}
    expected = _expected(settings, curvatures, theta0, 0.01, 300)
    _assert_same(*_races(submission, settings, curvatures, 0.01, (theta0, 300)), expected)


@grade("race", points=1)
def test_race_leaves_the_start_alone(submission, rng):
    """theta0 is unchanged after the race."""
    theta0 = rng.uniform(1.0, 2.0, size=2)
    given = theta0.copy()
    _races(submission, {"a": (0.1, 0.0), "b": (0.1, 0.5)}, np.array([1.0, 4.0]), 1e-3, (given, 50))
    assert np.array_equal(given, theta0), "race changes the start that it was given"


@grade("race", points=2)
def test_every_race_starts_with_fresh_optimizers(submission, rng):
    """The same race twice, from two starts, with optimizers that remember."""
    curvatures = np.array([1.0, 5.0])
    settings = {"heavy": (0.02, 0.9), "light": (0.05, 0.5), "plain": (0.1, 0.0), "other": (0.02, 0.8)}
    # From far away they come to the goal at full speed, which an optimizer that is used again would still have.
    starts = rng.uniform(1.0, 2.0, size=(2, 2)) * [[10.0], [1.0]]
    expected = [_expected(settings, curvatures, theta0, 0.5, 200) for theta0 in starts]
    results = _races(submission, settings, curvatures, 0.5, *[(theta0, 200) for theta0 in starts])
    for result, wanted in zip(results, expected, strict=True):
        _assert_same(result, wanted)

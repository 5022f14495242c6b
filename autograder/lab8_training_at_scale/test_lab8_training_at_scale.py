"""The hidden tests of lab 8: learning rates, optimizers and averages for large batches.

No question builds on an earlier one, so there are no stand-ins here.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from allclose import agree, grade

SHAPES = ((4, 3), (3,), (2, 2, 2), (6,))


def layers(rng, scale=1.0):
    """A model or a gradient of four layers whose lengths differ by powers of ten."""
    return [scale * 10.0**power * rng.normal(size=shape) for power, shape in zip((0, -1, 1, -2), SHAPES, strict=True)]


def copies(arrays):
    return [array.copy() for array in arrays]


def path(optimizer, params, gradients, rates=None):
    """The weights after each step; the rate is set before each step where rates are given."""
    states = []
    for step, grads in enumerate(gradients):
        if rates is not None:
            optimizer.lr = rates[step]
        params = optimizer.step(params, copies(grads))
        states.append(params)
    return states


def agree_on_path(states, expected):
    """The first step layer by layer, then all steps as one table, so that a late departure is seen as one."""
    agree(states[0], expected[0])
    table, wanted = (np.array([flat(state) for state in run]) for run in (states, expected))
    agree(table, wanted)


def flat(arrays):
    return np.concatenate([np.asarray(array, dtype=float).ravel() for array in arrays])


# scaling ------------------------------------------------------------------------------------------------------------

BATCHES = ((256, 64), (8192, 256), (96, 64), (100, 30), (77, 7), (4096, 48), (64, 64), (512, 3))


@grade("scaling", points=4)
def test_the_linear_rule_multiplies_by_the_ratio_of_the_batches(submission, rng):
    """Learning rates for larger batches by the linear rule."""
    base_lr = float(rng.uniform(0.02, 0.3))
    expected = [base_lr * batch / base_batch for batch, base_batch in BATCHES]
    calls = [(base_lr, batch, base_batch, "linear") for batch, base_batch in BATCHES]
    agree(submission.map(submission.scaled_lr, calls), expected)


@grade("scaling", points=4)
def test_the_square_root_rule_multiplies_by_the_root_of_the_ratio(submission, rng):
    """Learning rates for larger batches by the square-root rule."""
    base_lr = float(rng.uniform(0.02, 0.3))
    expected = [base_lr * np.sqrt(batch / base_batch).item() for batch, base_batch in BATCHES]
    calls = [(base_lr, batch, base_batch, "sqrt") for batch, base_batch in BATCHES]
    agree(submission.map(submission.scaled_lr, calls), expected)


@grade("scaling", points=2)
def test_a_smaller_batch_gets_a_smaller_rate(submission, rng):
    """Both rules for batches below the base."""
    base_lr = float(rng.uniform(0.02, 0.3))
    sizes = ((32, 256), (20, 64), (7, 30), (1, 16))
    linear = [base_lr * batch / base_batch for batch, base_batch in sizes]
    root = [base_lr * np.sqrt(batch / base_batch).item() for batch, base_batch in sizes]
    calls = [(base_lr, *pair, rule) for rule in ("linear", "sqrt") for pair in sizes]
    agree(submission.map(submission.scaled_lr, calls), linear + root)


@grade("scaling", points=2)
def test_an_unknown_rule_is_refused(submission):
    """A rule with another name raises ValueError."""
    for rule in ("cubic", "lin", "", "square root"):
        with pytest.raises(ValueError):
            submission.scaled_lr(0.1, 512, 256, rule)


# warmup -------------------------------------------------------------------------------------------------------------


def ramp(steps_per_epoch, world, warmup_epochs, lr, steps):
    """The line from lr/world, before the first step, to lr; e is the epoch at the end of each step."""
    e = np.arange(1, steps + 1) / steps_per_epoch
    if warmup_epochs == 0:
        return np.full(steps, lr).tolist()
    return np.interp(e, [0, warmup_epochs], [lr / world, lr]).tolist()


def warmup(submission, steps_per_epoch, world, warmup_epochs, lr, steps):
    calls = [(step, steps_per_epoch, world, warmup_epochs, lr) for step in range(steps)]
    return submission.map(submission.warmup_lr, calls)


@grade("warmup", points=6)
def test_the_rate_rises_in_a_straight_line_and_then_stays(submission, rng):
    """The rate of every step, through the warm-up and beyond it."""
    for steps_per_epoch, world, warmup_epochs in ((10, 4, 5), (7, 8, 3), (3, 64, 4)):
        lr = float(rng.uniform(0.5, 3.0))
        steps = steps_per_epoch * (warmup_epochs + 2)
        expected = ramp(steps_per_epoch, world, warmup_epochs, lr, steps)
        agree(warmup(submission, steps_per_epoch, world, warmup_epochs, lr, steps), expected)


@grade("warmup", points=3)
def test_the_first_step_is_counted_as_made_and_the_last_of_the_ramp_has_the_full_rate(submission, rng):
    """The rates at both ends of the ramp and at the ends of its epochs."""
    # Horovod with 4 workers, 5 epochs of 10 steps: 0.265, 0.4 and 1 times the target.
    lr = float(rng.uniform(0.5, 3.0))
    expected = [0.265 * lr, 0.4 * lr, 0.55 * lr, 0.7 * lr, 0.85 * lr, lr]
    calls = [(step, 10, 4, 5, lr) for step in (0, 9, 19, 29, 39, 49)]
    agree(submission.map(submission.warmup_lr, calls), expected)


@grade("warmup", points=3)
def test_after_the_ramp_the_rate_is_constant_and_never_falls_before(submission, rng):
    """Never down, and the target from the end of the ramp on."""
    lr = float(rng.uniform(0.5, 3.0))
    rates = [float(rate) for rate in warmup(submission, 6, 16, 2, lr, 60)]
    assert all(late >= early - 1e-12 for early, late in pairwise(rates)), "The rate falls from one step to the next."
    agree(rates[12:], [lr] * 48)


@grade("warmup", points=2)
def test_a_single_worker_needs_no_ramp(submission, rng):
    """One worker: the target at every step."""
    lr = float(rng.uniform(0.5, 3.0))
    agree(warmup(submission, 5, 1, 3, lr, 20), [lr] * 20)


@grade("warmup", points=2)
def test_no_warm_up_gives_the_target_at_once(submission, rng):
    """A warm-up of no epochs."""
    lr = float(rng.uniform(0.5, 3.0))
    agree(warmup(submission, 5, 8, 0, lr, 10), [lr] * 10)


@grade("warmup", points=2)
def test_the_warm_up_may_end_inside_an_epoch(submission, rng):
    """A warm-up of two and a half epochs, and of less than one."""
    lr = float(rng.uniform(0.5, 3.0))
    for warmup_epochs in (2.5, 0.75):
        expected = ramp(12, 8, warmup_epochs, lr, 48)
        agree(warmup(submission, 12, 8, warmup_epochs, lr, 48), expected)


# lars ---------------------------------------------------------------------------------------------------------------


def lars_path(params, gradients, rates, momentum, weight_decay, trust):
    """Algorithm 1 of You et al. in plain loops, a layer at a time."""
    states = [[] for _ in gradients]
    for layer, w in enumerate(params):
        w, v = w.copy(), np.zeros_like(w)
        for step, (grads, lr) in enumerate(zip(gradients, rates, strict=True)):
            g = grads[layer]
            w_norm, g_norm = np.sqrt((w**2).sum()), np.sqrt((g**2).sum())
            local = trust * w_norm / (g_norm + weight_decay * w_norm) if w_norm > 0 and g_norm > 0 else 1.0
            v = momentum * v + lr * local * (g + weight_decay * w)
            w = w - v
            states[step].append(w)
    return states


@grade("lars", points=6)
def test_lars_follows_the_algorithm_for_many_steps(submission, rng):
    """The weights of four layers over twelve steps, with momentum and weight decay."""
    params, gradients = layers(rng), [layers(rng, 3.0) for _ in range(12)]
    for settings in ((0.9, 0.3, 0.02), (0.6, 0.05, 0.1)):
        expected = lars_path(params, gradients, [0.7] * 12, *settings)
        agree_on_path(path(submission.LARS(0.7, *settings), copies(params), gradients), expected)


@grade("lars", points=3)
def test_every_layer_moves_by_the_same_part_of_its_own_length(submission, rng):
    """The length of the first step of each layer, whatever the length of its gradient."""
    params, grads = layers(rng), layers(rng)
    expected = [0.5 * 0.01 * np.linalg.norm(w) for w in params]
    for factor in (1.0, 1e4):
        moved = submission.LARS(0.5, 0.9, 0.0, 0.01).step(copies(params), [factor * g for g in grads])
        agree([tuple(np.shape(w)) for w in moved], list(SHAPES))
        agree([np.linalg.norm(np.asarray(new) - w) for new, w in zip(moved, params, strict=True)], expected)


@grade("lars", points=4)
def test_layers_of_zeros_and_gradients_of_zeros_are_safe(submission, rng):
    """A layer that starts at zero, and steps at which a gradient is zero."""
    params = [np.zeros(5), *layers(rng), np.zeros((2, 3))]
    gradients = [[rng.normal(size=5), *layers(rng), np.zeros((2, 3))] for _ in range(5)]
    for grads in gradients[:2]:
        grads[1] = np.zeros_like(grads[1])
    for weight_decay in (0.0, 0.2):
        expected = lars_path(params, gradients, [0.3] * 5, 0.8, weight_decay, 0.05)
        agree_on_path(path(submission.LARS(0.3, 0.8, weight_decay, 0.05), copies(params), gradients), expected)


@grade("lars", points=2)
def test_the_velocity_keeps_the_rates_it_came_with(submission, rng):
    """Weights while the learning rate rises from step to step, as in a warm-up."""
    params, gradients, rates = layers(rng), [layers(rng) for _ in range(6)], [0.1, 0.2, 0.4, 0.8, 0.8, 0.3]
    expected = lars_path(params, gradients, rates, 0.9, 0.1, 0.02)
    agree_on_path(path(submission.LARS(0.1, 0.9, 0.1, 0.02), copies(params), gradients, rates), expected)


@grade("lars", points=2)
def test_two_lars_optimizers_have_a_state_each(submission, rng):
    """Two optimizers in turns, on two models."""
    models, gradients = [layers(rng), layers(rng)], [[layers(rng), layers(rng)] for _ in range(4)]
    expected = [lars_path(models[k], [pair[k] for pair in gradients], [0.5] * 4, 0.9, 0.1, 0.02) for k in (0, 1)]
    optimizers = [submission.LARS(0.5, 0.9, 0.1, 0.02) for _ in models]
    states = [copies(model) for model in models]
    for step, pair in enumerate(gradients):
        for k in (0, 1):
            states[k] = optimizers[k].step(states[k], copies(pair[k]))
            agree(states[k], expected[k][step])


@grade("lars", points=1)
def test_lars_leaves_its_arguments_alone(submission, rng):
    """Weights and gradients that were given are unchanged after two steps."""
    params, grads = layers(rng), layers(rng)
    given, optimizer = (copies(params), copies(grads)), submission.LARS(0.5, 0.9, 0.1, 0.02)
    for _ in range(2):
        assert optimizer.step(*given) is not None, "The result is None: is a return missing?"
    agree(given, (params, grads))


# novograd -----------------------------------------------------------------------------------------------------------


def novograd_path(params, gradients, rates, beta1=0.95, beta2=0.98, eps=1e-8, weight_decay=0.0):
    """Algorithm 1 of Ginsburg et al. in plain loops, a layer at a time."""
    states = [[] for _ in gradients]
    for layer, w in enumerate(params):
        w, m, v = w.copy(), np.zeros_like(w), 0.0
        for step, (grads, lr) in enumerate(zip(gradients, rates, strict=True)):
            g = grads[layer]
            square = (g**2).sum()
            v = square if step == 0 else beta2 * v + (1 - beta2) * square
            m = beta1 * m + g / (np.sqrt(v) + eps) + weight_decay * w
            w = w - lr * m
            states[step].append(w)
    return states


@grade("novograd", points=7)
def test_novograd_follows_the_algorithm_for_many_steps(submission, rng):
    """The weights of four layers over twelve steps, with weight decay."""
    params, gradients = layers(rng), [layers(rng, 10.0 ** rng.uniform(-1, 1)) for _ in range(12)]
    for settings in ((0.9, 0.7, 1e-8, 0.2), (0.95, 0.98, 1e-8, 0.01)):
        expected = novograd_path(params, gradients, [0.1] * 12, *settings)
        agree_on_path(path(submission.NovoGrad(0.1, *settings), copies(params), gradients), expected)


@grade("novograd", points=3)
def test_the_first_step_is_that_of_tensorflow_addons(submission):
    """The first step of the test that TensorFlow Addons has for this optimizer."""
    params = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    grads = [np.array([0.1, 0.2]), np.array([0.3, 0.4])]
    moved = submission.NovoGrad(0.1).step(params, grads)
    agree(moved, [np.array([0.9552786, 1.9105573]), np.array([2.94, 3.92])], rtol=1e-6)


@grade("novograd", points=3)
def test_the_scale_of_a_layers_gradients_does_not_matter(submission, rng):
    """Gradients of one layer multiplied by a large number, of another by a small one."""
    params, gradients = layers(rng), [layers(rng) for _ in range(6)]
    expected = novograd_path(params, gradients, [0.1] * 6, eps=0.0)
    scaled = [[factor * g for factor, g in zip((1e3, 1.0, 0.1, 1e5), grads, strict=True)] for grads in gradients]
    agree_on_path(path(submission.NovoGrad(0.1, eps=0.0), copies(params), scaled), expected)


@grade("novograd", points=3)
def test_eps_is_added_to_the_root(submission, rng):
    """Small gradients and a large eps."""
    params, gradients = layers(rng), [layers(rng, 0.01) for _ in range(8)]
    for eps in (1e-2, 0.5):
        expected = novograd_path(params, gradients, [0.1] * 8, 0.9, 0.9, eps)
        agree_on_path(path(submission.NovoGrad(0.1, 0.9, 0.9, eps), copies(params), gradients), expected)


@grade("novograd", points=3)
def test_gradients_of_zeros_are_safe_and_count(submission, rng):
    """A gradient that is zero at the first steps, a later one, and a layer of zeros."""
    params = [np.zeros(5), *layers(rng)]
    gradients = [[rng.normal(size=5), *layers(rng)] for _ in range(6)]
    for step, layer in ((0, 1), (1, 1), (0, 2), (3, 0), (4, 3)):
        gradients[step][layer] = np.zeros_like(gradients[step][layer])
    expected = novograd_path(params, gradients, [0.05] * 6, 0.9, 0.8)
    agree_on_path(path(submission.NovoGrad(0.05, 0.9, 0.8), copies(params), gradients), expected)


@grade("novograd", points=1)
def test_the_rate_stands_outside_the_momentum(submission, rng):
    """Weights while the learning rate rises from step to step, as in a warm-up."""
    params, gradients, rates = layers(rng), [layers(rng) for _ in range(6)], [0.01, 0.02, 0.04, 0.08, 0.08, 0.03]
    expected = novograd_path(params, gradients, rates, 0.9, 0.8, 1e-8, 0.1)
    agree_on_path(path(submission.NovoGrad(0.01, 0.9, 0.8, 1e-8, 0.1), copies(params), gradients, rates), expected)


@grade("novograd", points=1)
def test_two_novograd_optimizers_have_a_state_each(submission, rng):
    """Two optimizers in turns, on two models."""
    models, gradients = [layers(rng), layers(rng)], [[layers(rng), layers(rng)] for _ in range(4)]
    expected = [novograd_path(models[k], [pair[k] for pair in gradients], [0.1] * 4) for k in (0, 1)]
    optimizers = [submission.NovoGrad(0.1) for _ in models]
    states = [copies(model) for model in models]
    for step, pair in enumerate(gradients):
        for k in (0, 1):
            states[k] = optimizers[k].step(states[k], copies(pair[k]))
            agree(states[k], expected[k][step])


@grade("novograd", points=1)
def test_novograd_leaves_its_arguments_alone(submission, rng):
    """Weights and gradients that were given are unchanged after two steps."""
    params, grads = layers(rng), layers(rng)
    given, optimizer = (copies(params), copies(grads)), submission.NovoGrad(0.1, weight_decay=0.1)
    for _ in range(2):
        assert optimizer.step(*given) is not None, "The result is None: is a return missing?"
    agree(given, (params, grads))


# accumulate ---------------------------------------------------------------------------------------------------------


def regression_gradient(x, y, weights, bias):
    """The gradient of the mean squared error of a linear layer, a mean over the rows."""
    error = x @ weights + bias - y
    return [2 * x.T @ error / len(x), 2 * error.mean(axis=0)]


def in_parts(rng, counts):
    """A batch's gradient as a whole, and those of its parts."""
    x, y = rng.normal(size=(sum(counts), 5)), rng.normal(size=(sum(counts), 4))
    # Parts that differ in kind, so that a wrong average shows.
    x += np.repeat(rng.normal(size=len(counts)), counts)[:, None]
    model = rng.normal(size=(5, 4)), rng.normal(size=4)
    ends = np.cumsum(counts)
    parts = [
        regression_gradient(x[end - n : end], y[end - n : end], *model) for end, n in zip(ends, counts, strict=True)
    ]
    return regression_gradient(x, y, *model), parts


@grade("accumulate", points=5)
def test_uneven_parts_give_the_gradient_of_the_whole_batch(submission, rng):
    """The gradient of a linear layer from parts of different sizes."""
    for counts in ([8, 8, 3], [1, 20], [5, 2, 9, 4, 1]):
        whole, parts = in_parts(rng, counts)
        agree(submission.accumulate(parts, counts), whole)


@grade("accumulate", points=2)
def test_even_parts_give_the_gradient_of_the_whole_batch(submission, rng):
    """The same from parts of one size."""
    for counts in ([6, 6], [3] * 7):
        whole, parts = in_parts(rng, counts)
        agree(submission.accumulate(parts, counts), whole)


@grade("accumulate", points=1)
def test_a_single_part_is_the_whole(submission, rng):
    """One part, of any size."""
    for counts in ([7], [1]):
        whole, parts = in_parts(rng, counts)
        agree(submission.accumulate(parts, counts), whole)


@grade("accumulate", points=2)
def test_layers_may_have_any_shape(submission, rng):
    """Four layers of different shapes from three parts."""
    grads, counts = [layers(rng) for _ in range(3)], [2, 7, 4]
    expected = [
        np.average([gradient[layer] for gradient in grads], axis=0, weights=counts) for layer in range(len(SHAPES))
    ]
    agree(submission.accumulate([copies(gradient) for gradient in grads], counts), expected)


@grade("accumulate", points=2)
def test_accumulate_leaves_its_arguments_alone(submission, rng):
    """The gradients and counts that were given are unchanged."""
    grads, counts = [layers(rng) for _ in range(3)], [2, 7, 4]
    given = [copies(gradient) for gradient in grads], list(counts)
    assert submission.accumulate(*given) is not None, "The result is None: is a return missing?"
    agree(given, (grads, counts))


# sync_norm ----------------------------------------------------------------------------------------------------------


def in_shards(rng, counts, features=6):
    """Rows of a batch cut into shards whose means differ."""
    return [rng.normal(3 * rng.normal(), 1 + rng.uniform(), size=(n, features)) for n in counts]


@grade("sync_norm", points=4)
def test_uneven_shards_have_the_moments_of_all_rows(submission, rng):
    """Mean and variance of each feature from shards of different sizes."""
    for counts in ([9, 4, 2], [1, 12], [5, 8, 3, 10]):
        shards = in_shards(rng, counts)
        rows = np.concatenate(shards)
        agree(submission.sync_batch_norm(copies(shards)), (rows.mean(axis=0), rows.var(axis=0)))


@grade("sync_norm", points=2)
def test_the_variance_counts_how_far_the_shards_lie_apart(submission, rng):
    """Shards of one size whose means lie far apart."""
    shards = [shard + 20 * worker for worker, shard in enumerate(in_shards(rng, [6] * 4))]
    rows = np.concatenate(shards)
    agree(submission.sync_batch_norm(copies(shards)), (rows.mean(axis=0), rows.var(axis=0)))


@grade("sync_norm", points=2)
def test_one_shard_and_shards_of_one_row_do_as_well(submission, rng):
    """A single worker, workers with a single row each, and one row in all."""
    for counts in ([7], [1, 1, 1, 1, 1], [1]):
        shards = in_shards(rng, counts)
        rows = np.concatenate(shards)
        agree(submission.sync_batch_norm(copies(shards)), (rows.mean(axis=0), rows.var(axis=0)))


@grade("sync_norm", points=3)
def test_a_large_mean_does_not_drown_the_variance(submission, rng):
    """Rows whose mean is a hundred million times their deviation."""
    rows = rng.normal(size=(90, 6)) + 1e8
    near = rows - 1e8  # exact, the numbers are so close
    shards = np.split(rows, [40, 65, 66])
    mean, var = submission.sync_batch_norm(copies(shards))
    agree(var, near.var(axis=0), rtol=1e-4)
    agree(mean, 1e8 + near.mean(axis=0), rtol=1e-12)


@grade("sync_norm", points=1)
def test_sync_batch_norm_leaves_the_shards_alone(submission, rng):
    """The shards that were given are unchanged."""
    shards = in_shards(rng, [9, 4, 2])
    given = copies(shards)
    assert submission.sync_batch_norm(given) is not None, "The result is None: is a return missing?"
    agree(given, shards)

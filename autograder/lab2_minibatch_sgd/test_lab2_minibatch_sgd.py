"""Hidden tests of lab 2: every expected value is computed before the student's code is called, on copies of its own."""

from itertools import chain, combinations, pairwise

import numpy as np

from allclose import agree, grade
from solutions import lab2_minibatch_sgd as reference

# batches ------------------------------------------------------------------------------------------------------------


def _sizes():
    """Every (n, batch_size) with batch_size <= n for small n, and some for more items than the notebook's data."""
    small = [(n, m) for n in range(1, 13) for m in range(1, n + 1)]
    return small + [(130, m) for m in (7, 10, 26, 32, 64, 65, 100, 129, 130)]


def _check_returned(results):
    assert all(result is not None for result in results), "The result is None: is a return missing?"


def _whole(number):
    return isinstance(number, (int, np.integer)) and not isinstance(number, bool)


def _batches(submission, sizes):
    """The items of each batch for each (n, m), through the student's bounds; the counts are ours. One trip."""
    calls = [(j, n, m) for n, m in sizes for j in range(reference.num_batches(n, m))]
    bounds = submission.map(submission.batch_bounds, calls)
    _check_returned(bounds)
    assert all(len(pair) == 2 and all(map(_whole, pair)) for pair in bounds), (
        "batch_bounds must return two whole numbers, start and end"
    )
    taken = iter([np.arange(n)[start:end] for (_, n, _), (start, end) in zip(calls, bounds, strict=True)])
    return [[next(taken) for _ in range(reference.num_batches(n, m))] for n, m in sizes]


@grade("batches", points=8)
def test_num_batches_counts_the_smaller_last_batch_too(submission):
    """num_batches for every batch size up to n."""
    sizes = _sizes()
    expected = [reference.num_batches(n, m) for n, m in sizes]
    counts = submission.map(submission.num_batches, sizes)
    _check_returned(counts)
    agree(np.array(counts), np.array(expected))


@grade("batches", points=2)
def test_num_batches_is_a_whole_number(submission):
    """num_batches gives an integer, as range() needs it."""
    counts = submission.map(submission.num_batches, [(10, 5), (10, 4), (1, 1)])
    assert all(map(_whole, counts)), "num_batches must return an integer: range() takes nothing else"


@grade("batches", points=9)
def test_the_batches_cover_every_item_once_in_order(submission):
    """The batches put one after the other are the whole data set."""
    sizes = _sizes()
    every = _batches(submission, sizes)
    # Where the batches start, seven at a time: a slip that all of them share has a name.
    starts = [batch[0] if len(batch) else -1 for batch in every[sizes.index((130, 7))]]
    agree(np.array(starts), np.arange(0, 130, 7))
    for (n, _), batches in zip(sizes, every, strict=True):
        assert np.array_equal(np.concatenate(batches), np.arange(n)), (
            "the batches, one after the other, are not every item once and in order"
        )


@grade("batches", points=5)
def test_every_batch_but_the_last_is_full(submission):
    """Batches hold batch_size items, only the last may hold fewer."""
    sizes = [(n, m) for n, m in _sizes() if m < n]
    for (_, m), batches in zip(sizes, _batches(submission, sizes), strict=True):
        assert all(len(batch) == m for batch in batches[:-1]), "a batch before the last does not hold batch_size items"


@grade("batches", points=3)
def test_the_last_batch_holds_what_is_left(submission):
    """The last batch, where batch_size does not divide n."""
    sizes = [(n, m) for n, m in _sizes() if n % m]
    for (n, m), batches in zip(sizes, _batches(submission, sizes), strict=True):
        assert np.array_equal(batches[-1], np.arange(n - n % m, n)), "the last batch is not the items that are left"


@grade("batches", points=3)
def test_a_batch_size_beyond_the_data_is_one_batch_of_everything(submission):
    """batch_size larger than n."""
    sizes = [(n, m) for n in (1, 2, 7, 30) for m in (n + 1, 2 * n + 1, 1000)]
    counts = submission.map(submission.num_batches, sizes)
    assert all(count == 1 for count in counts), "more than n items in a batch: that is one batch"
    for (n, _), (batch,) in zip(sizes, _batches(submission, sizes), strict=True):
        assert np.array_equal(batch, np.arange(n)), "a batch larger than the data does not hold all of them"


# shuffle ------------------------------------------------------------------------------------------------------------


def _pairs(n):
    """Pairs that can be told apart, and y tells which x it belongs to."""
    x = np.arange(n) + 0.5
    return x, 10 * x + 3


@grade("shuffle", points=4)
def test_shuffled_keeps_every_pair_and_only_once(submission, rng):
    """The shuffled data are the same pairs."""
    for n in (60, 9, 2, 1):
        x = np.sort(rng.uniform(1, 9, n))
        result = submission.shuffled(x.copy(), 10 * x + 3, rng)
        assert result is not None, "The result is None: is a return missing?"
        new_x, new_y = result
        agree(np.sort(new_x), x)
        agree(new_y, (10 * np.asarray(new_x) + 3).tolist())


@grade("shuffle", points=3)
def test_the_generator_alone_decides_the_order(submission, rng):
    """The same seed gives the same order, another seed another."""
    seed = int(rng.integers(1_000_000))
    draws = [(*_pairs(60), np.random.default_rng(s)) for s in (seed, seed, seed + 1)]
    first, again, other = (np.asarray(x) for x, _ in submission.map(submission.shuffled, draws))
    assert np.array_equal(first, again), "two generators with one seed give two orders: something else than rng decides"
    assert not np.array_equal(first, other), "generators with different seeds give the same order"


@grade("shuffle", points=3)
def test_the_next_call_gives_another_order_and_none_has_a_pattern(submission, rng):
    """Two calls with one generator, and the neighbours that stay together."""
    x, y = _pairs(60)
    first, second = (np.asarray(submission.shuffled(x.copy(), y.copy(), rng)[0]) for _ in range(2))
    assert not np.array_equal(first, second), "the next call with the same generator gives the same order again"
    # In a random order about two neighbours stay neighbours; in one that is only turned, swapped or cut, most do.
    assert np.sum(np.abs(np.diff(first)) == 1) < 16, "too many neighbours stay together: not every order can come"


@grade("shuffle", points=2)
def test_shuffled_leaves_its_arguments_alone(submission, rng):
    """x and y that were given keep their order."""
    x, y = _pairs(60)
    submission.shuffled(x, y, rng)
    assert np.array_equal(x, _pairs(60)[0]), "shuffled changes the x it was given"
    assert np.array_equal(y, _pairs(60)[1]), "shuffled changes the y it was given"


@grade("shuffle", points=2)
def test_shuffled_leaves_numpys_global_generator_alone(submission, rng):
    """numpy.random's global state before and after."""
    state = "import numpy\nnumpy.random.get_state()[1:3]"
    submission.run("import numpy\nnumpy.random.seed(3)")  # so that one mistake shows the same values every time
    before = submission.run(state)
    submission.shuffled(*_pairs(60), rng)
    after = submission.run(state)
    same = np.array_equal(before[0], after[0]) and before[1] == after[1]
    assert same, "shuffled draws from or seeds numpy.random, not only from rng"


# sgd ----------------------------------------------------------------------------------------------------------------


def _line(rng, n):
    x = rng.uniform(0, 3, n)
    return x, 2 * x - 1 + rng.normal(size=n)


def _sgd(submission, *arguments):
    """The student's histories; mistakes in earlier questions cost nothing here."""
    result = submission.with_reference("batches").with_reference("shuffle").sgd(*arguments)
    assert result is not None, "The result is None: is a return missing?"
    assert isinstance(result, (tuple, list)) and len(result) == 3, "sgd must return three things: ws, bs, losses"
    return result


def _replay(x, y, lr, m, histories):
    """Explain each update by a batch: the items whose gradient and loss it shows, None where no batch does.

    Asks for no particular order of the items, so any way to shuffle passes.
    """
    ws, bs, losses = (np.array([float(value) for value in values]) for values in histories)
    n, explained = len(x), []
    for t in range(len(losses)):
        start, end = reference.batch_bounds(t % reference.num_batches(n, m), n, m)
        items = np.array(list(combinations(range(n), end - start)))
        error = ws[t] * x[items] + bs[t] - y[items]
        step_w, step_b = -lr * 2 * (error * x[items]).mean(axis=1), -lr * 2 * error.mean(axis=1)
        misfit = abs(ws[t] + step_w - ws[t + 1]) + abs(bs[t] + step_b - bs[t + 1])
        misfit += abs((error**2).mean(axis=1) - losses[t])
        best = misfit.argmin()
        explained.append(items[best] if misfit[best] < 1e-8 else None)
    return explained


@grade("sgd", points=5)
def test_a_batch_of_everything_is_gradient_descent(submission, rng):
    """batch_size of at least n: parameters and losses are those of gradient descent."""
    x, y = _line(rng, 12)
    w, b, lr, epochs = 0.5, 0.25, 0.05, 3
    ws, bs, losses = [w], [b], []
    for _ in range(epochs):
        error = ws[-1] * x + bs[-1] - y
        losses.append(np.mean(error**2))
        ws.append(ws[-1] - lr * 2 * np.mean(error * x))
        bs.append(bs[-1] - lr * 2 * np.mean(error))
    for batch_size in (len(x), len(x) + 5):
        generator = np.random.default_rng(rng.integers(2**32))
        histories = _sgd(submission, x.copy(), y.copy(), w, b, lr, batch_size, epochs, generator)
        for student, expected in zip(histories, (ws, bs, losses), strict=True):
            agree(student, [float(value) for value in expected])


@grade("sgd", points=3)
def test_the_histories_hold_the_start_and_one_entry_for_each_update(submission, rng):
    """T + 1 parameters and T losses, T = epochs times the batches of an epoch."""
    for n, batch_size, epochs in ((4, 2, 2), (3, 2, 2), (2, 1, 3), (4, 9, 2)):
        updates = epochs * reference.num_batches(n, batch_size)
        ws, bs, losses = _sgd(submission, *_line(rng, n), 1.5, -0.5, 0.01, batch_size, epochs, rng)
        assert len(losses) == updates, "losses must hold one entry for each update"
        assert len(ws) == len(bs) == updates + 1, "ws and bs must hold the start and one entry for each update"
        agree([ws[0], bs[0]], [1.5, -0.5])


@grade("sgd", points=5)
def test_every_epoch_shuffles_the_original_data(submission, rng):
    """The whole trajectory, with one generator for the student and one of the same seed for the reference."""
    seed = int(rng.integers(2**32))
    x, y = _line(rng, 11)
    arguments = (0.5, 0.25, 0.03, 4, 3)
    expected = reference.sgd(x.copy(), y.copy(), *arguments, np.random.default_rng(seed))
    histories = _sgd(submission, x.copy(), y.copy(), *arguments, np.random.default_rng(seed))
    for student, ours in zip(histories, expected, strict=True):
        agree(student, ours.tolist())


@grade("sgd", points=4)
def test_each_update_is_a_step_down_the_gradient_of_one_batch(submission, rng):
    """Each step and loss belong to one batch, at the parameters before the update; the last batch may be smaller."""
    for n, batch_size in ((4, 2), (5, 3)):
        x, y = _line(rng, n)
        histories = _sgd(submission, x.copy(), y.copy(), 0.5, 0.25, 0.05, batch_size, 2, rng)
        assert len(histories[2]) and len(histories[0]) == len(histories[1]) == len(histories[2]) + 1, (
            "ws and bs must be one longer than losses"
        )
        assert all(batch is not None for batch in _replay(x, y, 0.05, batch_size, histories)), (
            "an update is not the step of lr down one batch's gradient with that batch's loss before the step"
        )


@grade("sgd", points=2)
def test_each_epoch_meets_every_item_once_in_an_order_of_its_own(submission, rng):
    """The items that the updates of an epoch used."""
    n, epochs = 8, 2
    x, y = _line(rng, n)
    histories = _sgd(submission, x.copy(), y.copy(), 0.5, 0.25, 0.05, 1, epochs, rng)
    assert len(histories[2]) == n * epochs, "losses must hold one entry for each update"
    assert len(histories[0]) == len(histories[1]) == n * epochs + 1, "ws and bs must be one longer than losses"
    used = _replay(x, y, 0.05, 1, histories)
    assert all(item is not None for item in used), "an update does not belong to one item"
    orders = [list(chain.from_iterable(map(int, item) for item in used[k * n : (k + 1) * n])) for k in range(epochs)]
    assert all(sorted(order) == list(range(n)) for order in orders), "an epoch does not use every item exactly once"
    assert all(one != other for one, other in pairwise(orders)), "two epochs use the items in the same order"


@grade("sgd", points=1)
def test_sgd_leaves_the_data_alone(submission, rng):
    """x and y that were given are unchanged."""
    x, y = _line(rng, 9)
    given = x.copy(), y.copy()
    _sgd(submission, *given, 0.0, 0.0, 0.05, 5, 2, rng)
    assert np.array_equal(given[0], x) and np.array_equal(given[1], y), "sgd changes the data it was given"


# epoch_mean ---------------------------------------------------------------------------------------------------------


def _noisy(rng, means, per_epoch):
    """Values that jump about inside each epoch and have exactly these means."""
    jumps = rng.normal(size=(len(means), per_epoch))
    jumps -= jumps.mean(axis=1, keepdims=True)
    return (np.asarray(means)[:, None] * (1 + 0.3 * jumps)).ravel()


@grade("epoch_mean", points=3)
def test_each_mean_is_over_its_own_epoch(submission, rng):
    """epoch_means of complete epochs, first epoch first."""
    runs = [rng.uniform(1, 9, size=shape) for shape in ((7, 4), (5, 2), (4, 1), (1, 6))]
    means = submission.map(submission.epoch_means, [(values.ravel(), values.shape[1]) for values in runs])
    for student, values in zip(means, runs, strict=True):
        agree(student, values.mean(axis=1).tolist())


@grade("epoch_mean", points=2)
def test_an_epoch_that_was_not_finished_has_no_mean(submission, rng):
    """epoch_means with values left over, and with fewer values than one epoch."""
    values = rng.uniform(1, 9, size=11)
    expected = values[:8].reshape(2, 4).mean(axis=1).tolist()
    agree(submission.epoch_means(values.copy(), 4), expected)
    assert len(submission.epoch_means(values[:3].copy(), 4)) == 0, "an unfinished epoch must not be averaged"


@grade("epoch_mean", points=3)
def test_convergence_is_the_first_epoch_whose_mean_hardly_changed(submission, rng):
    """converged_epochs counts epochs from 0 and compares with the epoch before, relatively, at any scale."""
    # Every epoch changes by less than the one before it, so each has a tolerance at which it is the first.
    changes = np.array([0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.004])
    values = _noisy(rng, 70 * np.cumprod([1, *(1 - changes)]), 5)
    epochs = submission.map(submission.converged_epochs, [(values.copy(), 5, 1.1 * change) for change in changes])
    assert all(epoch is not None for epoch in epochs), (
        "converged_epochs finds no epoch where one has settled, or returns nothing"
    )
    agree(np.array(epochs), np.arange(1, 9))
    means = np.array([100.0, 60.0, 58.0, 40.0, 39.9, 39.8, 39.7])
    runs = [(_noisy(rng, scale * means, per_epoch), per_epoch) for scale in (1.0, 1e-5, 1e5) for per_epoch in (1, 3)]
    for tol, expected in ((0.01, 4), (0.05, 2)):
        epochs = submission.map(submission.converged_epochs, [(*run, tol) for run in runs])
        assert all(epoch == expected for epoch in epochs), "not the first epoch that settled"


@grade("epoch_mean", points=1)
def test_a_loss_that_rises_has_not_converged(submission, rng):
    """converged_epochs where the mean goes up by much, and where it is below zero."""
    values = _noisy(rng, [5.0, 8.0, 13.0, 13.01], 4)
    assert submission.converged_epochs(values, 4, 0.01) == 3, "a mean that rises by much has not settled"
    values = _noisy(rng, [-8.0, -4.0, -3.99, -3.98], 4)
    assert submission.converged_epochs(values, 4, 0.01) == 2, "not the first epoch that settled, with negative means"


@grade("epoch_mean", points=1)
def test_none_where_no_epoch_settles(submission, rng):
    """converged_epochs where every mean changes by much or by just tol, and where there is only one epoch."""
    values = _noisy(rng, [8.0, 4.0, 2.0, 1.0], 3)
    assert submission.converged_epochs(values.copy(), 3, 0.01) is None, "no epoch has settled: that is None"
    assert submission.converged_epochs(values[:3].copy(), 3, 0.01) is None, "one epoch alone cannot have settled"
    halves = np.array([8.0, 4.0, 2.0, 1.0])
    assert submission.converged_epochs(halves, 1, 0.5) is None, "a change by just tol is not a change by less than tol"


# noise --------------------------------------------------------------------------------------------------------------


def _single_gradients(x, y, w, b):
    error = w * x + b - y
    return 2 * np.stack((error * x, error))


@grade("noise", points=8)
def test_the_variance_is_that_over_every_possible_batch(submission, rng):
    """Every batch counted, for each batch size of a small data set."""
    for n in (7, 5, 2):
        x, y = _line(rng, n)
        single = _single_gradients(x, y, 0.7, 0.4)
        expected = [
            [float(np.var(parameter[list(combinations(range(n), m))].mean(axis=1))) for parameter in single]
            for m in range(1, n + 1)
        ]
        student = submission.map(submission.gradient_variance, [(x, y, 0.7, 0.4, m) for m in range(1, n + 1)])
        agree(list(student), expected, atol=1e-12)


@grade("noise", points=2)
def test_the_whole_data_set_has_no_noise(submission, rng):
    """batch_size equal to n, at several points."""
    calls = [(*_line(rng, n), w, 0.5, n) for n, w in ((2, 0.0), (6, 3.0), (9, -1.0))]
    for variances in submission.map(submission.gradient_variance, calls):
        agree(variances, [0.0, 0.0], atol=1e-12)


@grade("noise", points=2)
def test_a_batch_of_one_varies_as_the_items_do(submission, rng):
    """batch_size 1 is the variance of the single gradients."""
    x, y = _line(rng, 9)
    expected = _single_gradients(x, y, 0.7, 0.4).var(axis=1).tolist()
    agree(submission.gradient_variance(x, y, 0.7, 0.4, 1), expected)


@grade("noise", points=3)
def test_drawing_without_replacement_takes_the_noise_down_faster_than_one_over_b(submission, rng):
    """How the variance falls with the batch size."""
    n = 10
    x, y = _line(rng, n)
    expected = [(n - m) / (n - 1) / m for m in range(1, n + 1)]
    student = submission.map(submission.gradient_variance, [(x, y, 0.7, 0.4, m) for m in range(1, n + 1)])
    for parameter in range(2):
        variances = [float(pair[parameter]) for pair in student]
        assert variances[0] > 0, "the gradients of single items vary"
        agree([variance / variances[0] for variance in variances], expected, atol=1e-12)


@grade("noise", points=3)
def test_w_comes_first_and_scales_with_x(submission, rng):
    """With the same x everywhere dw is x times db."""
    y = rng.normal(size=8)
    for x in (3.0, 0.1):
        var_dw, var_db = submission.gradient_variance(np.full(8, x), y.copy(), 0.7, 0.4, 3)
        assert float(var_db) > 0, "residuals that differ make noise in db"
        agree(float(var_dw) / float(var_db), x**2)


@grade("noise", points=2)
def test_points_on_the_line_make_no_noise(submission, rng):
    """Data that the line fits exactly, at its own w and b."""
    x = rng.uniform(0, 3, 8)
    for batch_size in (1, 3):
        agree(submission.gradient_variance(x, 2 * x - 1, 2.0, -1.0, batch_size), [0.0, 0.0], atol=1e-12)

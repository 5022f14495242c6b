"""Hidden tests of lab 7: every expected value is computed before the student's code is called, on copies of its own."""

from collections import Counter
from itertools import permutations

import numpy as np

from allclose import agree, grade

# device -------------------------------------------------------------------------------------------------------------


def _picks(submission, cases):
    """The student's choices where the lists come in every order."""
    calls = [(prefer, list(order)) for prefer, names, _ in cases for order in permutations(names)]
    expected = [device for _, names, device in cases for _ in permutations(names)]
    agree(submission.map(submission.pick_device, calls), expected)


@grade("device", points=3)
def test_without_the_preferred_device_the_best_is_taken(submission):
    """The device that is preferred is not there."""
    cases = [
        ("mps", ["cuda", "cpu"], "cuda"),
        ("cuda", ["mps", "cpu"], "mps"),
        ("cuda", ["cpu"], "cpu"),
        ("xpu", ["mps", "cuda", "cpu"], "cuda"),
    ]
    _picks(submission, cases)


@grade("device", points=3)
def test_the_preferred_device_is_taken_where_it_is_there(submission):
    """The device that is preferred is there, and it need not be the fastest."""
    names = ["mps", "cuda", "cpu"]
    _picks(submission, [(prefer, names, prefer) for prefer in names])


@grade("device", points=1)
def test_other_names_count_too(submission):
    """Devices beside the three are taken by who asks for them and by nobody else."""
    cases = [
        ("xpu", ["xpu", "cuda", "cpu"], "xpu"),
        ("cuda", ["xpu", "cpu"], "cpu"),
        ("hpu", ["xpu", "mps", "cpu"], "mps"),
    ]
    _picks(submission, cases)


@grade("device", points=1)
def test_the_list_of_devices_stays_as_it_was(submission):
    """The list of available devices after the call."""
    names = ["cpu", "mps", "xpu", "cuda"]
    for prefer in ("cpu", "hpu"):
        submission.pick_device(prefer, names)
        assert names == ["cpu", "mps", "xpu", "cuda"], "pick_device changes the list that it is given"


# memory -------------------------------------------------------------------------------------------------------------

VALUES = {"sgd": 2, "momentum": 3, "adam": 4}


def _models(rng):
    return [int(size) for size in rng.integers(1_000, 40_000_000, size=6)] + [1, 175_000_000_000]


@grade("memory", points=4)
def test_adam_takes_the_memory_of_four_values_for_each_parameter(submission, rng):
    """The bytes of training with Adam, for models of many sizes."""
    sizes = _models(rng)
    expected = [16 * size for size in sizes]
    agree(submission.map(submission.training_memory, [(size, "adam") for size in sizes]), expected)


@grade("memory", points=3)
def test_momentum_takes_the_memory_of_three_values(submission, rng):
    """The bytes of training with momentum."""
    sizes = _models(rng)
    expected = [12 * size for size in sizes]
    agree(submission.map(submission.training_memory, [(size, "momentum") for size in sizes]), expected)


@grade("memory", points=3)
def test_sgd_takes_the_memory_of_two_values(submission, rng):
    """The bytes of training with plain SGD."""
    sizes = _models(rng)
    expected = [8 * size for size in sizes]
    agree(submission.map(submission.training_memory, [(size, "sgd") for size in sizes]), expected)


@grade("memory", points=2)
def test_all_values_have_the_size_that_is_asked_for(submission, rng):
    """Numbers of 1, 2 and 8 bytes."""
    calls = [(size, name, width) for size in _models(rng)[:3] for name in VALUES for width in (1, 2, 8)]
    expected = [VALUES[name] * size * width for size, name, width in calls]
    agree(submission.map(submission.training_memory, calls), expected)


@grade("memory", points=2)
def test_an_unknown_optimizer_is_an_error(submission):
    """ValueError for other optimizers."""
    for name in ("lion", "", "adamw", "sg"):
        try:
            submission.training_memory(1000, name)
        except ValueError:
            continue
        raise AssertionError("an optimizer that is none of the three must raise ValueError")


# shard --------------------------------------------------------------------------------------------------------------


def _items(part):
    """A shard as an array of whole numbers."""
    assert isinstance(part, (list, tuple, range)) or getattr(part, "ndim", None) == 1, (
        "shard must return a one-dimensional array of indices"
    )
    items = np.asarray(part)
    assert items.ndim == 1 and (items.size == 0 or items.dtype.kind in "iu"), "indices must be whole numbers"
    return items.astype(np.int64)


def _shards(submission, worlds):
    """For each (n, world) the shards of all its ranks. One trip."""
    calls = [(n, rank, world) for n, world in worlds for rank in range(world)]
    parts = iter([_items(part) for part in submission.map(submission.shard, calls)])
    return [[next(parts) for _ in range(world)] for _, world in worlds]


def _mixed(rng):
    """Worlds that divide the items, that don't, and that are larger than them."""
    return [(int(n), world) for world in (1, 2, 3, 4, 7) for n in rng.integers(world, 60, size=4)] + [
        *((12, world) for world in (1, 2, 3, 4, 6)),
        *((n, 5) for n in range(12)),
        (9, 4),
        (1, 8),
        (0, 3),
    ]


@grade("shard", points=5)
def test_all_shards_together_hold_every_item_once(submission, rng):
    """Every item is in one shard, and in only one."""
    worlds = _mixed(rng)
    for (n, _), shards in zip(worlds, _shards(submission, worlds), strict=True):
        agree(np.sort(np.concatenate(shards)), np.arange(n))


@grade("shard", points=4)
def test_the_sizes_of_two_shards_differ_by_at_most_one(submission, rng):
    """Shards are of one size, or some hold one item more."""
    worlds = _mixed(rng)
    for (n, world), shards in zip(worlds, _shards(submission, worlds), strict=True):
        fair = [n // world] * (world - n % world) + [n // world + 1] * (n % world)
        assert sorted(map(len, shards)) == fair, "the shards are not all of one size, give or take one item"


@grade("shard", points=3)
def test_no_two_ranks_share_an_item(submission, rng):
    """Shards of two ranks have nothing in common, and none holds an item twice."""
    worlds = _mixed(rng)
    for shards in _shards(submission, worlds):
        counts = Counter(np.concatenate(shards).tolist())
        assert not counts or max(counts.values()) == 1, "an item is in more than one shard, or twice in one"


@grade("shard", points=2)
def test_ranks_without_items_get_an_empty_shard(submission):
    """More ranks than items, and no items at all."""
    worlds = [(1, 2), (2, 5), (3, 7), (0, 1), (0, 4)]
    for (n, _), shards in zip(worlds, _shards(submission, worlds), strict=True):
        assert sorted(map(len, shards))[::-1][:n] == [1] * n, "with more ranks than items, some get one, others none"
        assert sum(map(len, shards)) == n, "there are more items in the shards than there are"


@grade("shard", points=2)
def test_the_same_arguments_give_the_same_shard(submission):
    """A shard that is asked for twice."""
    worlds = [(30, 4), (17, 3)]
    for first, again in zip(_shards(submission, worlds), _shards(submission, worlds), strict=True):
        for one, other in zip(first, again, strict=True):
            assert np.array_equal(one, other), "two calls with the same arguments give two different shards"


# ring ---------------------------------------------------------------------------------------------------------------


class Wire:
    """Delivers copies, but zeros to a rank that is deaf and from one that is mute, and counts."""

    def __init__(self, deaf=None, mute=None):
        self.deaf, self.mute, self.sent, self.routes = deaf, mute, Counter(), []

    def __call__(self, source, target, values):
        self.routes.append((int(source), int(target)))
        self.sent[int(source)] += int(np.size(values))
        arrived = np.array(values)
        if target == self.deaf or source == self.mute:
            arrived = np.zeros_like(arrived)
        return values.new_tensor(arrived) if hasattr(values, "new_tensor") else arrived


# Delivers copies as well, without a trip for each: for what does not depend on who sends how much to whom.
DELIVER = """
def _wire_of_a_test(source, target, values):
    import numpy
    from builtins import hasattr

    return values.detach().clone() if hasattr(values, "detach") else numpy.array(values)

_wire_of_a_test
"""


def _buffers(rng, world, n):
    """Buffers that are far apart and whose sum is small: single precision shows."""
    return list(rng.normal(size=(world, n)) + 20 * (np.arange(world) - (world - 1) / 2)[:, None])


def _reduced(submission, buffers, wire):
    """The student's sums; a mistake in `shard`, which may cut the buffers, costs nothing here."""
    return submission.with_reference("shard").ring_all_reduce(buffers, wire)


def _agreed(submission, rng, world, n, wire):
    """Check the sums that a wire brings about."""
    buffers = _buffers(rng, world, n)
    total = np.sum(buffers, axis=0)
    agree(_reduced(submission, buffers, wire), [total] * world)


@grade("ring", points=8)
def test_every_rank_gets_the_sum_where_the_chunks_are_of_one_size(submission, rng):
    """The sums of all ranks, where P divides n."""
    deliver = submission.run(DELIVER)
    for world, n in ((2, 8), (3, 12), (7, 14), (5, 5)):
        _agreed(submission, rng, world, n, deliver)


@grade("ring", points=5)
def test_every_rank_gets_the_sum_where_the_chunks_are_uneven(submission, rng):
    """The sums of all ranks, where P does not divide n."""
    deliver = submission.run(DELIVER)
    for world, n in ((2, 9), (3, 11), (7, 10), (7, 20)):
        _agreed(submission, rng, world, n, deliver)


@grade("ring", points=2)
def test_every_rank_gets_the_sum_where_some_chunks_are_empty(submission, rng):
    """More ranks than values."""
    deliver = submission.run(DELIVER)
    for world, n in ((3, 2), (7, 3), (7, 1), (2, 1)):
        _agreed(submission, rng, world, n, deliver)


@grade("ring", points=1)
def test_a_single_rank_has_the_sum_already(submission, rng):
    """P = 1: the sum is the buffer, and nothing is sent."""
    wire = Wire()
    _agreed(submission, rng, 1, 6, wire)
    assert not sum(wire.sent.values()), "a single rank has nobody to send anything to"


@grade("ring", points=4)
def test_only_neighbours_talk(submission, rng):
    """Messages go from a rank to one of its two neighbours."""
    for world, n in ((4, 6), (5, 10)):
        wire = Wire()
        _agreed(submission, rng, world, n, wire)
        assert set(wire.sent) == set(range(world)), "there are ranks that never send anything"
        assert all((source - target) % world in (1, world - 1) for source, target in wire.routes), (
            "a message goes between two ranks that are not neighbours on the ring"
        )


@grade("ring", points=4)
def test_no_rank_sends_more_than_it_must(submission, rng):
    """The values that a rank sends, all its messages together."""
    for world, n in ((5, 20), (2, 8), (3, 9), (4, 11), (5, 3)):
        wire = Wire()
        _agreed(submission, rng, world, n, wire)
        assert set(wire.sent) == set(range(world)), "there are ranks that never send anything"
        assert n < world or max(wire.sent.values()) <= 2 * n, "a rank sends more than two whole buffers"
        is_ring = bool({(world - 1, 0), (0, world - 1)} & set(wire.routes))
        allowed = 2 * (world - 1) * -(-n // world)
        assert max(wire.sent.values()) <= allowed or is_ring, (
            "a rank sends more values than allowed, and no message closes the ring"
        )
        assert max(wire.sent.values()) <= allowed, "a rank sends more values than allowed"


@grade("ring", points=3)
def test_a_rank_knows_of_others_only_what_arrives(submission, rng):
    """Wires on which everything that is sent to one rank is lost."""
    for world, n, deaf in ((2, 6, 0), (4, 9, 1), (4, 6, 3)):
        buffers = _buffers(rng, world, n)
        others = [buffer.copy() if rank == deaf else buffer + 5 for rank, buffer in enumerate(buffers)]
        one, other = (_reduced(submission, given, Wire(deaf=deaf))[deaf] for given in (buffers, others))
        assert np.array_equal(np.asarray(one), np.asarray(other)), (
            "a rank's result depends on another rank's buffer although nothing of it has arrived"
        )


@grade("ring", points=1)
def test_others_know_of_a_rank_only_what_it_sends(submission, rng):
    """Wires on which everything that one rank sends is lost."""
    for world, n, mute in ((2, 6, 1), (4, 9, 2), (4, 6, 0)):
        buffers = _buffers(rng, world, n)
        others = [buffer + 5 if rank == mute else buffer.copy() for rank, buffer in enumerate(buffers)]
        one, other = (_reduced(submission, given, Wire(mute=mute)) for given in (buffers, others))
        for rank in set(range(world)) - {mute}:
            assert np.array_equal(np.asarray(one[rank]), np.asarray(other[rank])), (
                "results depend on the buffer of a rank whose messages were all lost"
            )


@grade("ring", points=2)
def test_the_buffers_stay_as_they_were(submission, rng):
    """The buffers of the ranks after the call."""
    deliver = submission.run(DELIVER)
    for world, n in ((1, 3), (3, 7), (4, 8)):
        buffers = _buffers(rng, world, n)
        given = np.array(buffers)
        _reduced(submission, buffers, deliver)
        assert np.array_equal(np.array(buffers), given), "ring_all_reduce changes the buffers that it is given"


# average ------------------------------------------------------------------------------------------------------------


def _regression(rng, counts, shape):
    """Mean gradients of the shards of a batch, and that of the whole batch, for the mean squared error of x @ w."""
    n = sum(counts)
    x, y, w = rng.normal(size=(n, shape[0])), rng.normal(size=(n, *shape[1:])), rng.normal(size=shape)

    def gradient(items):
        error = np.tensordot(x[items], w, axes=1) - y[items]
        return 2 * np.tensordot(x[items].T, error, axes=1) / max(len(items), 1)

    parts = np.split(np.arange(n), np.cumsum(counts)[:-1])
    return [gradient(part) for part in parts], gradient(np.arange(n))


@grade("average", points=7)
def test_the_average_is_the_gradient_of_the_whole_batch(submission, rng):
    """Uneven shards, gradients with one axis."""
    for counts in ([9, 4, 1], [2, 30], [5, 1, 1, 17, 3]):
        grads, whole = _regression(rng, counts, (6,))
        agree(submission.average_gradients(grads, counts), whole)


@grade("average", points=3)
def test_gradients_with_more_axes_are_averaged_alike(submission, rng):
    """Uneven shards, gradients with two and three axes."""
    for shape in ((4, 5), (3, 3), (2, 3, 4)):
        grads, whole = _regression(rng, [8, 3, 1], shape)
        agree(submission.average_gradients(grads, [8, 3, 1]), whole)


@grade("average", points=2)
def test_ranks_without_items_do_not_count(submission, rng):
    """Shards that are empty."""
    for counts in ([6, 0, 2], [0, 0, 5], [4, 0]):
        grads, whole = _regression(rng, counts, (5,))
        agree(submission.average_gradients(grads, counts), whole)


@grade("average", points=2)
def test_equal_shards_give_the_plain_mean(submission, rng):
    """Shards of one size, and a single one."""
    for world in (1, 2, 6):
        counts = [7] * world
        grads, whole = _regression(rng, counts, (5,))
        agree(submission.average_gradients(grads, counts), whole)


@grade("average", points=2)
def test_the_gradients_and_counts_stay_as_they_were(submission, rng):
    """The arguments after the call."""
    grads, counts = list(rng.normal(size=(3, 6))), [4, 1, 2]
    given = np.array(grads)
    submission.average_gradients(grads, counts)
    assert np.array_equal(np.array(grads), given), "average_gradients changes the gradients that it is given"
    assert counts == [4, 1, 2], "average_gradients changes the counts that it is given"


# broadcast ----------------------------------------------------------------------------------------------------------

# Writes a number of its own into each copy, then says what is in all of them and in the buffers.
WRITTEN = """
def written(buffers, root):
    copies = broadcast(buffers, root)
    for number, copy in enumerate(copies):
        copy[...] = 100 + number
    return [copy.tolist() for copy in copies], [buffer.tolist() for buffer in buffers]

written
"""


@grade("broadcast", points=4)
def test_every_rank_gets_what_the_root_has(submission, rng):
    """The values of all ranks, for every root."""
    for world, shape in ((4, (6,)), (3, (2, 5)), (5, (4,)), (1, (7,))):
        for root in range(world):
            buffers = list(rng.normal(size=(world, *shape)))
            expected = [buffers[root].copy() for _ in range(world)]
            agree(submission.broadcast(buffers, root), expected)


@grade("broadcast", points=1)
def test_what_the_other_ranks_had_plays_no_part(submission, rng):
    """Other ranks hold NaN, infinity or huge values."""
    for other in (np.nan, np.inf, 1e300):
        root = rng.normal(size=6)
        buffers = [np.full(6, other), root.copy(), np.full(6, other)]
        agree(submission.broadcast(buffers, 1), [root] * 3)


@grade("broadcast", points=2)
def test_the_copies_do_not_share_memory(submission, rng):
    """Writing into one copy, then looking at the others."""
    written = submission.run(WRITTEN)
    for root in (0, 2):
        copies, _ = written(list(rng.normal(size=(4, 3))), root)
        agree(copies, [[100.0 + number] * 3 for number in range(4)])


@grade("broadcast", points=2)
def test_the_copies_are_apart_from_the_buffers(submission, rng):
    """Writing into the copies, then looking at the buffers."""
    written = submission.run(WRITTEN)
    for root in (0, 2):
        buffers = list(rng.normal(size=(4, 3)))
        given = [buffer.tolist() for buffer in buffers]
        agree(written([buffer.copy() for buffer in buffers], root)[1], given)


@grade("broadcast", points=1)
def test_a_broadcast_leaves_the_buffers_alone(submission, rng):
    """The buffers after the call."""
    buffers = list(rng.normal(size=(4, 5)))
    given = np.array(buffers)
    submission.broadcast(buffers, 2)
    assert len(buffers) == 4, "broadcast changes the list that it is given"
    assert np.array_equal(np.array(buffers), given), "broadcast changes the buffers that it is given"

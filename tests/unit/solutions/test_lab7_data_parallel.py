"""The reference of lab 7 against torch's optimizers, samplers, autograd and Gloo, and two real processes."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch.utils.data import DistributedSampler

from solutions import lab7_data_parallel as lab
from tests.devices import DEVICES, DTYPES

SCRIPT = Path(__file__).parents[3] / "source" / "lab7_data_parallel" / "data_parallel.py"
WORLDS = [1, 2, 3, 7]


@pytest.mark.parametrize(
    ("prefer", "available", "device"),
    [
        ("cuda", ["cpu", "cuda"], "cuda"),
        ("cpu", ["cuda", "cpu"], "cpu"),
        ("cuda", ["cpu", "mps"], "mps"),
        ("tpu", ["cpu", "mps", "cuda"], "cuda"),
        ("xpu", ["xpu", "cpu"], "xpu"),
        ("mps", ["cpu"], "cpu"),
    ],
)
def test_a_device_that_is_not_there_is_replaced_by_the_best_that_is(
    prefer: str, available: list[str], device: str
) -> None:
    assert lab.pick_device(prefer, available) == device


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["sgd", "momentum", "adam"])
def test_training_memory_is_what_torchs_optimizers_really_hold(name: str, dtype: torch.dtype) -> None:
    net = torch.nn.Sequential(torch.nn.Linear(9, 5), torch.nn.Tanh(), torch.nn.Linear(5, 2)).to(dtype)
    optimizer = {
        "sgd": lambda: torch.optim.SGD(net.parameters(), lr=0.1),
        "momentum": lambda: torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9),
        "adam": lambda: torch.optim.Adam(net.parameters()),
    }[name]()
    net(torch.ones(32, 9, dtype=dtype)).sum().backward()
    optimizer.step()
    held = [(p, p.grad) for p in net.parameters()]
    held += [tuple(value for value in state.values() if value is not None) for state in optimizer.state.values()]
    # Adam counts its steps in a tensor without axes, a few bytes for each layer, which nobody counts.
    measured = sum(tensor.nbytes for group in held for tensor in group if tensor.ndim)
    parameters = sum(parameter.numel() for parameter in net.parameters())
    assert lab.training_memory(parameters, name, dtype.itemsize) == measured


def test_four_bytes_are_the_default_and_other_optimizers_an_error() -> None:
    assert lab.training_memory(10**12, "adam") == 16 * 10**12
    with pytest.raises(ValueError, match="lion"):
        lab.training_memory(10, "lion")


@pytest.mark.parametrize("world", [1, 2, 3, 4, 7, 20])
def test_shards_have_the_sizes_of_numpys_split_and_hold_every_item_once(world: int) -> None:
    for n in range(30):
        shards = [lab.shard(n, rank, world) for rank in range(world)]
        np.testing.assert_array_equal(np.concatenate(shards), np.arange(n))
        assert sorted(map(len, shards)) == sorted(map(len, np.array_split(np.arange(n), world)))


def test_where_the_world_divides_the_items_torchs_sampler_gives_each_rank_as_many() -> None:
    for rank in range(4):
        sampler = DistributedSampler(range(20), num_replicas=4, rank=rank, shuffle=False)
        assert len(list(sampler)) == len(lab.shard(20, rank, 4))


def buffers_of(world: int, n: int, seed: int = 0) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).normal(size=(world, n)))


class Wire:
    """Delivers a copy, and remembers who sent how many values to whom."""

    def __init__(self) -> None:
        self.sent: Counter[int] = Counter()
        self.routes: set[tuple[int, int]] = set()

    def __call__(self, source: int, target: int, values: np.ndarray) -> np.ndarray:
        self.sent[source] += len(values)
        self.routes.add((source, target))
        return values.copy() if isinstance(values, np.ndarray) else values.clone()


def gloo_all_reduce(buffers: list[np.ndarray]) -> list[np.ndarray]:
    """Sum by PyTorch's own Gloo, a thread for each rank."""
    store, tensors = dist.HashStore(), [torch.tensor(buffer) for buffer in buffers]

    def work(rank: int) -> None:
        group = dist.ProcessGroupGloo(dist.PrefixStore("sum", store), rank, len(buffers), timedelta(seconds=60))
        group.allreduce([tensors[rank]]).wait()

    threads = [threading.Thread(target=work, args=(rank,)) for rank in range(len(buffers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [tensor.numpy() for tensor in tensors]


@pytest.mark.parametrize("world", [2, 3, 5])
def test_the_ring_gives_what_gloo_gives(world: int) -> None:
    buffers = buffers_of(world, 11)
    for ours, theirs in zip(lab.ring_all_reduce(buffers, Wire()), gloo_all_reduce(buffers), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("n", [1, 2, 7, 12, 29])
def test_every_rank_gets_the_sum_and_sends_no_more_than_it_must(world: int, n: int) -> None:
    buffers, wire = buffers_of(world, n), Wire()
    given = [buffer.copy() for buffer in buffers]
    sums = lab.ring_all_reduce(buffers, wire)
    np.testing.assert_allclose(sums, [np.sum(given, axis=0)] * world, rtol=1e-12)
    np.testing.assert_array_equal(buffers, given)
    assert wire.routes == ({(rank, (rank + 1) % world) for rank in range(world)} if world > 1 else set())
    assert max(wire.sent.values(), default=0) <= 2 * (world - 1) * -(-n // world)


def test_a_rank_knows_of_others_only_what_arrives() -> None:
    buffers = buffers_of(4, 10)
    other = [buffers[0], *buffers_of(4, 10, seed=1)[1:]]

    def dead(_source: int, _target: int, values: np.ndarray) -> np.ndarray:
        return np.zeros_like(values)

    ours, theirs = (lab.ring_all_reduce(given, dead)[0] for given in (buffers, other))
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_tensors_keep_their_device_and_dtype(device: str, dtype: torch.dtype) -> None:
    buffers = [torch.tensor(buffer, device=device, dtype=dtype) for buffer in buffers_of(3, 8)]
    results = [
        *lab.ring_all_reduce(buffers, Wire()),
        lab.average_gradients(buffers, [3, 2, 2]),
        lab.average_gradients(buffers, torch.tensor([3, 2, 2], device=device)),
        *lab.broadcast(buffers, 1),
    ]
    assert {(result.device.type, result.dtype) for result in results} == {(device, dtype)}
    exact = np.sum(buffers_of(3, 8), axis=0)
    torch.testing.assert_close(results[0].cpu().double(), torch.tensor(exact), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("device", DEVICES)
def test_numpy_arrays_are_computed_with_on_the_device_that_is_named(device: str) -> None:
    buffers = buffers_of(3, 8)
    sums = lab.ring_all_reduce(buffers, Wire(), device=device)
    average = lab.average_gradients(buffers, [1, 1, 2], device=device)
    assert all(type(result) is np.ndarray for result in (*sums, average))
    np.testing.assert_allclose(average, (buffers[0] + buffers[1] + 2 * buffers[2]) / 4)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("counts", [[4, 4, 4], [9, 2, 1], [12, 0, 0], [1, 11, 0]])
def test_the_average_is_autograds_gradient_of_the_whole_batch(counts: list[int], dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    x, net = torch.randn(12, 4, dtype=dtype), torch.nn.Linear(4, 3).to(dtype)

    def gradient(items: torch.Tensor) -> torch.Tensor:
        if not len(items):
            return torch.zeros_like(net.weight)
        return torch.autograd.grad(net(items).tanh().sum(dim=1).mean(), net.weight)[0]

    grads = [gradient(items) for items in x.split(counts)]
    torch.testing.assert_close(lab.average_gradients(grads, counts), gradient(x))
    torch.testing.assert_close(lab.average_gradients(grads, torch.tensor(counts)), gradient(x))


def test_a_broadcast_copies_the_root_into_memory_of_its_own() -> None:
    buffers = list(np.random.default_rng(0).normal(size=(4, 2, 3)))
    given = [buffer.copy() for buffer in buffers]
    copies = lab.broadcast(buffers, 2)
    for rank, copy in enumerate(copies):
        np.testing.assert_array_equal(copy, given[2])
        copy[...] = rank
    assert [float(copy.max()) for copy in copies] == [0, 1, 2, 3]
    np.testing.assert_array_equal(buffers, given)


def test_two_processes_that_the_script_trains_make_the_steps_of_one() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    loopback = next(name for _, name in socket.if_nameindex() if name in ("lo", "lo0"))
    common = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "WORLD_SIZE": "2", "GLOO_SOCKET_IFNAME": loopback}
    workers = [
        subprocess.Popen(
            [sys.executable, str(SCRIPT)],
            env=os.environ | common | {"RANK": str(rank), "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(2)
    ]
    (output, *_), *_ = said = [worker.communicate(timeout=120) for worker in workers]
    assert [errors for _, errors in said] == ["", ""]
    result = json.loads(output)

    namespace: dict[str, object] = {"__name__": "script"}
    exec(compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec"), namespace)
    x, y = namespace["data"]()  # type: ignore[operator]
    net = namespace["model"](0)  # type: ignore[operator]
    optimizer, losses = torch.optim.SGD(net.parameters(), lr=0.1), []
    for _ in range(30):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(net(x).squeeze(1), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    np.testing.assert_allclose(result["by hand"], losses, rtol=1e-4)
    np.testing.assert_allclose(result["with DistributedDataParallel"], losses, rtol=1e-4)

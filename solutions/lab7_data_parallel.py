"""Reference for lab 7: devices, the memory that training takes, and training on many workers at once.

Functions of tensors take NumPy arrays as well and answer in kind; the others are about names and whole numbers. The
workers (the ranks) are simulated: what one has is one entry of a list.

Sources: Patarasuk and Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", Journal of Parallel
and Distributed Computing 69 (2009), for the ring; Sergeev and Del Balso, "Horovod: fast and easy distributed deep
learning in TensorFlow" (arXiv:1802.05799, 2018), for its use in training; Li et al., "PyTorch Distributed: Experiences
on Accelerating Data Parallel Training", PVLDB 13 (2020), for shards, broadcast and averages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from solutions import in_torch

#: Best first.
DEVICES = ("cuda", "mps", "cpu")

#: Values that training holds for each parameter: itself, its gradient, and what the optimizer remembers of it.
VALUES_PER_PARAMETER = {"sgd": 2, "momentum": 3, "adam": 4}


def pick_device(prefer: str, available: Sequence[str]) -> str:
    """Choose a device: the one preferred where there is one, else the best there is.

    Parameters
    ----------
    prefer : str
        A name, known or not.
    available : sequence of str
        Names of devices in any order, "cpu" among them.

    Returns
    -------
    str
        `prefer` if it is available, else the first of "cuda", "mps", "cpu" that is.
    """
    if prefer in available:
        return prefer
    return next(device for device in DEVICES if device in available)


def training_memory(parameters: int, optimizer: str, bytes_per_value: int = 4) -> int:
    """Count the bytes that the weights, their gradients and the state of the optimizer take.

    Activations come on top: they grow with the batch, these do not (Kingma and Ba 2015, algorithm 1, for the two
    averages that Adam keeps).

    Parameters
    ----------
    parameters : int
        How many numbers the model learns.
    optimizer : str
        "sgd", "momentum" or "adam".
    bytes_per_value : int
        Size of one number: 4 for float32.

    Returns
    -------
    int
        Bytes.

    Raises
    ------
    ValueError
        If the optimizer is none of the three.
    """
    if optimizer not in VALUES_PER_PARAMETER:
        raise ValueError(f"no optimizer called {optimizer!r}: there are {', '.join(VALUES_PER_PARAMETER)}")
    return VALUES_PER_PARAMETER[optimizer] * parameters * bytes_per_value


def shard(n: int, rank: int, world: int) -> NDArray[np.int64]:
    """Give a rank its items of a data set: a run of neighbours, as long as that of any other rank or one longer.

    Parameters
    ----------
    n : int
        Items in the data set.
    rank : int
        From 0 to world − 1.
    world : int
        How many ranks there are.

    Returns
    -------
    ndarray of int, shape (⌊n/world⌋,) or (⌈n/world⌉,)
        Indices; those of all ranks together are 0 … n − 1, each once.
    """
    return np.arange(rank * n // world, (rank + 1) * n // world)


@in_torch
def ring_all_reduce(buffers: list[Tensor], send: Callable[[int, int, Tensor], Tensor]) -> list[Tensor]:
    """Give every rank the sum of all ranks' buffers, by messages around a ring (Patarasuk and Yuan 2009, section 4).

    Parameters
    ----------
    buffers : list of P tensors, shape (n,)
        What each rank has. They stay as they are.
    send : callable
        ``send(source, target, values)`` takes values from one rank to another and returns what arrives there.

    Returns
    -------
    list of P tensors, shape (n,)
        The sum, as each rank has got it. Every rank has sent at most 2(P − 1)·⌈n/P⌉ values, all to its right neighbour.
    """
    world = len(buffers)
    sums = [buffer.clone() for buffer in buffers]
    chunks = [total.tensor_split(world) for total in sums]  # views: what changes a chunk changes the sum

    # Reduce-scatter. A chunk grows by one rank's values with every hop; after P − 1 hops it is complete.
    for step in range(world - 1):
        for rank in range(world):
            right, chunk = (rank + 1) % world, (rank - step) % world
            chunks[right][chunk].add_(send(rank, right, chunks[rank][chunk]))

    # All-gather. Rank r now holds the complete chunk r + 1; the complete chunks go round once more, to be copied.
    for step in range(world - 1):
        for rank in range(world):
            right, chunk = (rank + 1) % world, (rank + 1 - step) % world
            chunks[right][chunk].copy_(send(rank, right, chunks[rank][chunk]))
    return sums


@in_torch
def average_gradients(grads: list[Tensor], counts: Tensor) -> Tensor:
    """Combine the mean gradients of the shards of a batch into the mean gradient of the whole batch.

    A mean over n items is the mean of the shards' means, each weighted by its share nᵣ/n of the items.

    Parameters
    ----------
    grads : list of P tensors, all of one shape
        The mean gradient of each rank's items; zeros where it had none.
    counts : tensor, shape (P,)
        How many items each rank had; not all 0.

    Returns
    -------
    Tensor, the shape of each gradient
    """
    counts = counts.to(grads[0])
    return torch.tensordot(counts / counts.sum(), torch.stack(grads), dims=1)


@in_torch
def broadcast(buffers: list[Tensor], root: int) -> list[Tensor]:
    """Give every rank a copy of what the root has.

    Parameters
    ----------
    buffers : list of P tensors, all of one shape
        What each rank has. They stay as they are.
    root : int
        The rank whose values all shall have.

    Returns
    -------
    list of P tensors
        Equal, but each in memory of its own, apart from `buffers` too.
    """
    return [buffers[root].clone() for _ in buffers]

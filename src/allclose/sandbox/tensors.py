"""Tensors between the processes of one submission, without the sockets that torch wants for it."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any


def queue_by_value() -> None:
    """Let queues of torch.multiprocessing, those of a DataLoader's workers too, carry tensors as bytes.

    torch sends a descriptor of shared memory over a unix socket, which the sandbox refuses. A tensor that a process is
    started with is still shared.
    """
    from multiprocessing.context import get_spawning_popen
    from multiprocessing.reduction import ForkingPickler

    import torch
    from torch.multiprocessing.reductions import reduce_storage

    def reduce(storage: Any) -> tuple[Any, ...]:
        if get_spawning_popen() is not None or storage.device.type != "cpu":
            return tuple(reduce_storage(storage))
        return _storage, (torch.tensor([], dtype=torch.uint8).set_(storage).numpy().tobytes(),)

    ForkingPickler.register(torch.UntypedStorage, reduce)


def _storage(data: bytes) -> Any:
    import torch

    return torch.frombuffer(bytearray(data), dtype=torch.uint8).untyped_storage() if data else torch.UntypedStorage(0)

"""The reference of each lab: PyTorch, on any device, readable enough to teach from.

The functions of a lab compute with tensors, on whatever device those are and in their dtype. `in_torch` lets them be
called as a student's are, with NumPy arrays, lists and numbers.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numpy as np
import torch

Answer = TypeVar("Answer", bound=Callable[..., Any])
Device: TypeAlias = torch.device | str | None


def in_torch(function: Answer) -> Answer:
    """Let a function of tensors take NumPy arrays and lists of numbers too, and answer in kind.

    Arrays become tensors of the same dtype, whole numbers float64; lists, tuples and dictionaries are gone through.
    Python numbers, texts, Generators and other objects stay as they are. Where no tensor was given, tensors in the
    result become NumPy arrays, those without axes Python numbers; and a function that is handed in, such as a loss, is
    called with such arrays as well.

    The keyword `device` names where to compute; without it, that is where the first tensor among the arguments lies.
    Where there is none, it is the device that a grader chose with `--device`, or the CPU.
    """

    @functools.wraps(function)
    def answer(*args: Any, device: Device = None, **named: Any) -> Any:
        given = _first_tensor((args, named))
        if device is None:
            device = given.device if given is not None else os.environ.get("ALLCLOSE_DEVICE", "cpu")
        args, named = _to_tensors((args, named), device, in_kind=given is None)
        result = function(*args, **named)
        return result if given is not None else to_plain(result)

    return answer  # type: ignore[return-value]  # it takes what `function` takes, and more


def to_tensor(values: Any, device: Device = None) -> torch.Tensor:
    """Return numbers as a tensor on `device`: truth values and floating-point dtypes stay, others become float64."""
    if isinstance(values, torch.Tensor):
        return values.to(device=device)
    array = np.asarray(values)
    # A copy, because torch warns about NumPy arrays that cannot be written to.
    return torch.tensor(array if array.dtype.kind in "fb" else array.astype(np.float64), device=device)


def to_plain(value: Any) -> Any:
    """Return tensors as NumPy arrays, those without axes as Python numbers; also inside tuples, lists and dicts."""
    if isinstance(value, torch.Tensor):
        return value.detach().cpu().numpy() if value.ndim else value.item()
    if type(value) in (tuple, list):
        return type(value)(map(to_plain, value))
    if type(value) is dict:
        return {key: to_plain(item) for key, item in value.items()}
    return value


def _to_tensors(value: Any, device: Device, *, in_kind: bool) -> Any:
    if isinstance(value, np.ndarray | np.floating | torch.Tensor) or _is_list_of_numbers(value):
        return to_tensor(value, device)
    if isinstance(value, np.integer | np.bool_):
        return value.item()
    if type(value) in (tuple, list):
        return type(value)(_to_tensors(item, device, in_kind=in_kind) for item in value)
    if type(value) is dict:
        return {key: _to_tensors(item, device, in_kind=in_kind) for key, item in value.items()}
    if callable(value) and in_kind and not isinstance(value, type):
        return _called_in_kind(value, device)
    return value


def _called_in_kind(function: Callable[..., Any], device: Device) -> Callable[..., Any]:
    def call(*args: Any, **named: Any) -> Any:
        return _to_tensors(function(*to_plain(args), **to_plain(named)), device, in_kind=True)

    return call


def _is_list_of_numbers(value: Any) -> bool:
    return type(value) is list and bool(value) and all(isinstance(item, int | float | np.number) for item in value)


def _first_tensor(value: Any) -> torch.Tensor | None:
    if isinstance(value, torch.Tensor):
        return value
    items = value.values() if type(value) is dict else value if type(value) in (tuple, list) else ()
    return next((found for found in map(_first_tensor, items) if found is not None), None)

"""An accelerator that is not there, to try references without a GPU.

Its tensors say that they are on another device and hold their values here, so results can be compared. While
`FakeDevice` is entered, what a real device refuses or has to wait for is an error that names the operation: mixing with
a tensor on the CPU, copying to the CPU, making a tensor or computing on the CPU. As on a real device, a tensor without
axes may stay on the CPU where numbers are worked on one by one, and one number may be read (`.item()`, `if a < b`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_leaves, tree_map

#: Of all devices this is the one that torch lets a tensor name although nothing is linked in for it.
DEVICE = torch.device("lazy", 0)

_CPU = torch.device("cpu")
_AWAY = {
    torch.Tensor.cpu: ".cpu()",
    torch.Tensor.numpy: ".numpy()",
    torch.Tensor.tolist: ".tolist()",
    torch.Tensor.__array__: "A NumPy function",
}
_FROM_VALUES = (torch.tensor, torch.as_tensor, torch.asarray)
#: What takes a number on the CPU beside the operations that work on one number after the other.
_TAKES_A_NUMBER = (torch.ops.aten.copy_.default, torch.ops.aten.fill_.Tensor)
#: Values that come from NumPy stand here before they are moved.
_ARRIVES = torch.ops.aten.lift_fresh.default


class WrongDevice(AssertionError):
    """What a reference does, or should not do, on a device."""


class OnDevice(torch.Tensor):
    """A tensor that says it is on `DEVICE`; its values are `here`."""

    here: torch.Tensor

    @staticmethod
    def __new__(cls, here: torch.Tensor) -> OnDevice:
        made: OnDevice = torch.Tensor._make_wrapper_subclass(
            cls,
            here.shape,
            strides=here.stride(),
            storage_offset=here.storage_offset(),
            dtype=here.dtype,
            device=DEVICE,
            requires_grad=here.requires_grad,
        )
        made.here = here
        return made

    def __repr__(self) -> str:
        return f"OnDevice({self.here!r})"

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(operation, args, kwargs or {})


class FakeDevice:
    """The time in which a device is there: torch's functions know it, and what leaves it is an error."""

    def __init__(self) -> None:
        self._modes = (_Operations(), _Functions())

    def __enter__(self) -> FakeDevice:
        for mode in self._modes:
            mode.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        for mode in reversed(self._modes):
            mode.__exit__(*error)


def on_device(value: Any) -> Any:
    """Put tensors on the device, also inside tuples, lists and dictionaries."""
    return tree_map(lambda item: OnDevice(item) if isinstance(item, torch.Tensor) else item, value)


class _Functions(TorchFunctionMode):
    """What is called in Python: copies, and tensors made of lists and arrays, which no operation tells apart."""

    def __torch_function__(self, function: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if function in _AWAY and isinstance(args[0], OnDevice):
            raise WrongDevice(f"{_AWAY[function]} copies from the device to the CPU.")
        if function is torch.Tensor.new_tensor and isinstance(args[0], OnDevice):
            function, args, kwargs = torch.tensor, args[1:], {"dtype": args[0].dtype, "device": DEVICE, **kwargs}
        if function in _FROM_VALUES and not isinstance(args[0], torch.Tensor):
            device = torch.device(kwargs.pop("device", None) or _CPU)
            with _disable_current_modes():
                made = function(*args, device=_CPU, **kwargs)
            if device.type == DEVICE.type:
                return OnDevice(made)
            _check_not_here(f"torch.{function.__name__}", [made])
            return made
        return function(*args, **kwargs)


class _Operations(TorchDispatchMode):
    """What torch computes, factories too."""

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return _run(operation, args, kwargs or {})


def _run(operation: Any, args: Any, kwargs: dict[str, Any]) -> Any:
    given = [item for item in tree_leaves((args, kwargs)) if isinstance(item, torch.Tensor)]
    there = [item for item in given if isinstance(item, OnDevice)]
    asked = torch.device(kwargs["device"]) if kwargs.get("device") is not None else None
    name = f"torch.{operation.overloadpacket.__name__}"
    goes_there = asked.type == DEVICE.type if asked is not None else bool(there)
    if there and not goes_there:
        raise WrongDevice(f".to('cpu') ({name}) copies from the device to the CPU.")
    if there and len(there) < len(given):
        _check_mixture(operation, name, [item for item in given if not isinstance(item, OnDevice)])

    result = operation(*tree_map(_here, args), **tree_map(_here, kwargs))
    if not goes_there:
        if operation is not _ARRIVES:
            _check_not_here(name, [*given, *tree_leaves(result)])
        return result
    # What works in place gives back what it was given.
    known = {id(item.here): item for item in there}
    return tree_map(lambda item: known[id(item)] if id(item) in known else on_device(item), result)


def _here(item: Any) -> Any:
    if isinstance(item, OnDevice):
        return item.here
    return _CPU if isinstance(item, torch.device) else item


def _check_mixture(operation: Any, name: str, strangers: list[torch.Tensor]) -> None:
    takes_numbers = torch.Tag.pointwise in operation.tags or operation in _TAKES_A_NUMBER
    if any(item.ndim for item in strangers) or not takes_numbers:
        raise WrongDevice(f"{name} mixes tensors on the device with one on the CPU.")


def _check_not_here(name: str, items: Iterable[Any]) -> None:
    if any(isinstance(item, torch.Tensor) and item.ndim for item in items):
        raise WrongDevice(f"{name} makes or takes a tensor on the CPU.")

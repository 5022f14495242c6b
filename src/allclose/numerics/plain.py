"""Plain numbers out of what student code returned: only exact, well-known types are taken.

A subclass can lie through `__eq__`, `__array__` or `__torch_function__`, so nothing here asks a foreign object
anything: its exact type is looked up, and what is not known is no value.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_PYTHON_NUMBERS = {bool: ("b", "bool"), int: ("i", "int64"), float: ("f", "float64"), complex: ("c", "complex128")}
_NUMPY_SCALARS = frozenset(np.dtype(code).type for code in "?bhilqBHILQefdgFDG")
_NUMPY_DTYPES = frozenset(type(np.dtype(scalar)) for scalar in _NUMPY_SCALARS)
_NUMPY_NAMES = {np.dtype(scalar).char: np.dtype(scalar).name for scalar in _NUMPY_SCALARS}
_TORCH_KINDS = {
    "bool": "b",
    **dict.fromkeys(("int8", "int16", "int32", "int64"), "i"),
    **dict.fromkeys(("uint8", "uint16", "uint32", "uint64"), "u"),
    **dict.fromkeys(("float16", "bfloat16", "float32", "float64"), "f"),
    **dict.fromkeys(("complex64", "complex128"), "c"),
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number or an array of numbers; nothing has been copied or converted yet.

    Attributes
    ----------
    value : object
        A Python or NumPy scalar, an ndarray or a torch tensor, of exactly that type.
    shape : tuple of int
        `()` for a number.
    kind : str
        NumPy's letter: b (bool), i, u, f, c.
    dtype : str
        NumPy's or torch's name: "float32", "bfloat16" ...
    """

    value: Any
    shape: tuple[int, ...]
    kind: str
    dtype: str

    def array(self) -> NDArray[Any]:
        """Return a NumPy array: bool and whole numbers as they are, the rest as float64 or complex128."""
        value = self.value
        if type(value) is int and not -(2**63) <= value < 2**63:
            return np.array(_float(value))
        if _is_tensor(value):
            return _from_torch(value, self.kind)
        array = np.asarray(value)
        if self.kind in "fc":
            with np.errstate(over="ignore"):
                return array.astype(np.float64 if self.kind == "f" else np.complex128, copy=False)
        return array


def numbers(value: object) -> Numbers | None:
    """Return `value` as numbers, or None where it is something else.

    Taken are int, float, complex, bool, NumPy's numeric scalars, plain ndarrays of a numeric dtype, and strided
    torch tensors and parameters that hold data; never a subclass of these.
    """
    known: Any = value
    if type(value) in _PYTHON_NUMBERS:
        kind, dtype = _PYTHON_NUMBERS[type(known)]
        return Numbers(value, (), kind, dtype)
    if type(value) is np.ndarray or type(value) in _NUMPY_SCALARS:
        if type(known.dtype) not in _NUMPY_DTYPES:
            return None
        return Numbers(value, known.shape, known.dtype.kind, _NUMPY_NAMES[known.dtype.char])
    return _tensor_numbers(known) if _is_tensor(value) else None


def is_text(value: object) -> bool:
    """Whether `value` is exactly a str or NumPy's str scalar."""
    return type(value) is str or type(value) is np.str_


def _float(whole: int) -> float:
    try:
        return float(whole)
    except OverflowError:
        return math.inf if whole > 0 else -math.inf


def _is_tensor(value: object) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and (type(value) is torch.Tensor or type(value) is torch.nn.Parameter)


def _tensor_numbers(tensor: Any) -> Numbers | None:
    if tensor.layout is not sys.modules["torch"].strided or tensor.device.type == "meta" or tensor.is_nested:
        return None
    dtype = str(tensor.dtype).removeprefix("torch.")
    kind = _TORCH_KINDS.get(dtype)
    return None if kind is None else Numbers(tensor, tuple(tensor.shape), kind, dtype)


def _from_torch(tensor: Any, kind: str) -> NDArray[Any]:
    torch = sys.modules["torch"]
    tensor = tensor.detach().to("cpu").resolve_conj().resolve_neg()
    if kind in "fc":
        tensor = tensor.to(torch.float64 if kind == "f" else torch.complex128)
    array: NDArray[Any] = tensor.numpy()
    return array

"""Plain values as MessagePack and back: no pickle, exact base types, caps on size and depth.

What MessagePack lacks travels as extension types: tuples, sets, complex and big integers, NumPy arrays and scalars,
torch tensors, random Generators, ranges and slices, figures as descriptions, and three kinds of reference: a `Handle`
to an object that stays in the sandbox, or its `Name` among the notebook's, and a `Callback` to a function that stays on
the trusted side. Both sides use this module; only the trusted side relies on its checks.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.ma import MaskedArray  # both load late unless asked for: once, and not in every forked process
from numpy.random import Generator

from allclose.errors import ProtocolError
from allclose.sandbox import figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_DEPTH = 24
MAX_RANGE = 2**24
(
    _TUPLE,
    _SET,
    _FROZENSET,
    _BIG,
    _COMPLEX,
    _ARRAY,
    _SCALAR,
    _TENSOR,
    _RNG,
    _RANGE,
    _SLICE,
    _FIGURE,
    _HANDLE,
    _CALLBACK,
    _PAIRS,
    _NAME,
) = range(1, 17)
_PLAIN_KINDS = frozenset("biufcSUmM")
_TENSOR_DTYPES = frozenset(
    (
        "bool",
        "uint8",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "complex64",
        "complex128",
    )
)
_BIT_GENERATORS = frozenset(("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"))
#: Of those that fill a buffer and read it word by word: its size.
_BUFFER_WORDS = {"MT19937": 624, "Philox": 4}
_INT64 = range(-(2**63), 2**64)
_ATOMS = frozenset((float, bool, str, bytes, type(None)))
_UNCHANGING = frozenset((*_ATOMS, int, FunctionType, type))
_CONTAINERS = frozenset((list, tuple, dict))
#: Longer and deeper containers are left to the encoder.
_FEW, _NEAR = 16, 3
_BASES = (list, dict, int, str)
_pack = msgspec.msgpack.Encoder().encode


class Unsendable(Exception):
    """This value cannot travel; the message says why, in words a student may read."""


@dataclass(frozen=True, slots=True)
class Handle:
    """A reference to an object that stays in the sandbox. `kind` is "function", "class", "module" or "object"."""

    number: int
    kind: str


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to what the notebook calls so by then. `kind` is as that of a `Handle`, and does not travel."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Callback:
    """A reference to a function that stays on the trusted side."""

    number: int


class Missing(Exception):
    """The notebook never defined this name."""


Reference = Handle | Name | Callback
#: Gives the reference for a value that does not travel itself.
Refer = Callable[[Any], Reference]


def encode(value: Any, refer: Refer, max_bytes: int) -> bytes:
    """Encode one value.

    Parameters
    ----------
    value : Any
        What to send.
    refer : callable
        Gives the reference for a value that does not travel itself; raises `Unsendable` where there is none.
    max_bytes : int
        The largest result, in bytes; checked before arrays are copied.

    Raises
    ------
    Unsendable
        If the value is nested deeper than `MAX_DEPTH`, larger than `max_bytes`, or `refer` refuses it.
    """
    data = _pack(_to_plain(value, refer, max_bytes, 0))
    if len(data) > max_bytes:
        raise Unsendable("the value is too large")
    return data


def decode(data: bytes, resolve: Callable[[Reference], Any]) -> Any:
    """Rebuild a value from bytes, whoever sent them.

    Parameters
    ----------
    data : bytes
        What arrived.
    resolve : callable
        Gives the object for a reference; raises `ProtocolError` for one that was never given out, and `Missing`.

    Raises
    ------
    ProtocolError
        If the bytes are not an encoded value.
    Missing
        As `resolve`.
    """
    return _Decoder(resolve).decode(data, 0)


def snapshot(args: tuple[Any, ...], kwargs: dict[str, Any], reference: type, refer: Refer, max_bytes: int) -> Any:
    """Something that equals that of another time where nothing in these arguments has changed in between.

    What is of the type `reference` stays on the other side and does not count.

    Raises
    ------
    Unsendable
        As `encode`, where the arguments are more than numbers, texts, arrays and references.
    """
    contents = []
    for value in (*args, *kwargs.values()):
        kind = type(value)
        if kind not in _UNCHANGING and kind is not reference:
            content = _content(value, reference, _NEAR)
            if content is None:
                return encode([args, kwargs], refer, max_bytes)
            contents.append(content)
    return contents


def _content(value: Any, reference: type, depth: int) -> Any:
    """What there is to change in a value, None where that takes longer to see than to encode it."""
    kind = type(value)
    if kind is np.ndarray and value.dtype.kind in _PLAIN_KINDS:
        return value.shape, value.dtype, value.tobytes()
    if kind is reference or kind is FunctionType or kind is type:
        return id(value), value
    if kind in _ATOMS or kind is int:
        return kind, repr(value) if kind is float else value
    if kind in _CONTAINERS and len(value) <= _FEW and depth:
        parts = [*value, *value.values()] if kind is dict else value
        contents = [_content(part, reference, depth - 1) for part in parts]
        return None if None in contents else (kind, contents)
    return None


def _to_plain(value: Any, refer: Refer, budget: int, depth: int) -> Any:
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is int:
        return value if value in _INT64 else msgspec.msgpack.Ext(_BIG, _big_bytes(value))
    if depth >= MAX_DEPTH:
        raise Unsendable("the value is nested too deeply")
    if kind is list or kind is tuple:
        plain = [item if type(item) is float else _to_plain(item, refer, budget, depth + 1) for item in value]
        return plain if kind is list else msgspec.msgpack.Ext(_TUPLE, _pack(plain))
    if kind is dict:
        return _dict(value, refer, budget, depth)
    if kind is not np.ndarray and isinstance(value, _BASES) and not isinstance(value, np.generic):
        base: Callable[[Any], Any] = next(base for base in _BASES if isinstance(value, base))
        return _to_plain(base(value), refer, budget, depth)
    extension = _array(value, budget) if kind is np.ndarray else _extension(value, refer, budget, depth)
    if extension is None:
        return _reference(refer(value))
    code, plain = extension
    return msgspec.msgpack.Ext(code, _pack(plain))


def _dict(value: dict[Any, Any], refer: Refer, budget: int, depth: int) -> Any:
    """As a map where the keys allow it, else as pairs."""
    if not value:
        return value
    if all(type(key) is str for key in value):
        return {key: _to_plain(item, refer, budget, depth + 1) for key, item in value.items()}
    pairs = [
        [_key(key, refer, budget, depth + 1), _to_plain(item, refer, budget, depth + 1)] for key, item in value.items()
    ]
    return msgspec.msgpack.Ext(_PAIRS, _pack(pairs))


def _key(key: Any, refer: Refer, budget: int, depth: int) -> Any:
    if isinstance(key, (str, int, float, bool, bytes, tuple, frozenset, np.generic)) or key is None:
        return _to_plain(key, refer, budget, depth)
    raise Unsendable("a dict has a key that is not a plain value")


def _extension(value: Any, refer: Refer, budget: int, depth: int) -> tuple[int, Any] | None:
    if isinstance(value, np.generic):
        return (_SCALAR, [value.dtype.str, value.tobytes()]) if value.dtype.kind in _PLAIN_KINDS else None
    if isinstance(value, np.ndarray):
        return _array(value, budget)
    if isinstance(value, Reference):
        raise Unsendable("a reference cannot travel")
    if isinstance(value, (tuple, set, frozenset)):
        code = _TUPLE if isinstance(value, tuple) else _FROZENSET if isinstance(value, frozenset) else _SET
        return code, [_to_plain(item, refer, budget, depth + 1) for item in value]
    if isinstance(value, complex):
        return _COMPLEX, [value.real, value.imag]
    if isinstance(value, range):
        if _is_long(value):
            raise Unsendable("the range is too long")
        return _RANGE, [_to_plain(part, refer, budget, depth + 1) for part in (value.start, value.stop, value.step)]
    if isinstance(value, slice):
        return _SLICE, [_to_plain(part, refer, budget, depth + 1) for part in (value.start, value.stop, value.step)]
    if isinstance(value, Generator):
        return _generator(value, refer, budget, depth)
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        return _tensor(value, budget)
    if figures.is_figure(value):
        return _FIGURE, figures.describe(value)
    return None


def _array(value: NDArray[Any], budget: int) -> tuple[int, Any] | None:
    dtype = value.dtype
    if dtype.kind not in _PLAIN_KINDS or isinstance(value, MaskedArray):
        return None
    if type(value) is not np.ndarray:  # which may have methods of its own
        value = np.asarray(value)
    if value.nbytes > budget:
        raise Unsendable("the array is too large")
    return _ARRAY, [dtype.str, value.shape, value.tobytes()]


def _tensor(value: Any, budget: int) -> tuple[int, Any] | None:
    torch = sys.modules["torch"]
    name = str(value.dtype).removeprefix("torch.")
    if name not in _TENSOR_DTYPES or value.layout != torch.strided or value.device.type == "meta":
        return None
    if value.numel() * value.element_size() > budget:
        raise Unsendable("the tensor is too large")
    flat = value.detach().to("cpu").contiguous().resolve_conj().resolve_neg().reshape(-1)
    data = flat.view(torch.uint8).numpy().tobytes() if flat.numel() else b""
    return _TENSOR, [name, list(value.shape), data]


def _generator(value: Generator, refer: Refer, budget: int, depth: int) -> tuple[int, Any] | None:
    name = type(value.bit_generator).__name__
    if name not in _BIT_GENERATORS:
        return None
    return _RNG, [name, _to_plain(value.bit_generator.state, refer, budget, depth + 1)]


def _reference(reference: Reference) -> msgspec.msgpack.Ext:
    if isinstance(reference, Handle):
        return msgspec.msgpack.Ext(_HANDLE, _pack([reference.number, reference.kind]))
    if isinstance(reference, Name):
        return msgspec.msgpack.Ext(_NAME, _pack([reference.text]))
    return msgspec.msgpack.Ext(_CALLBACK, _pack([reference.number]))


def _big_bytes(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)


class _Decoder:
    """Decodes nested extension types; every wrong shape or size ends as `ProtocolError`."""

    def __init__(self, resolve: Callable[[Reference], Any]) -> None:
        self._resolve = resolve
        self._depth = 0

    def decode(self, data: bytes | memoryview, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ProtocolError("a value is nested too deeply")
        outer, self._depth = self._depth, depth
        try:
            return msgspec.msgpack.decode(data, ext_hook=self._extension)
        except (ProtocolError, Missing):
            raise
        except Exception:  # whatever hostile bytes made the codec or NumPy stumble over
            raise ProtocolError("a value is not encoded as it should be") from None
        finally:
            self._depth = outer

    def _extension(self, code: int, data: memoryview) -> Any:
        if code == _BIG:
            if len(data) > 4096:
                raise ProtocolError("an integer is too large")
            return int.from_bytes(data, "big", signed=True)
        build = _BUILDERS.get(code)
        parts = self.decode(data, self._depth + 1)
        if type(parts) is not list:  # a range or a reference would be gone through, for ever or across the wire
            raise ProtocolError("a value is not made of a list of parts")
        if build is not None:
            return build(parts)
        if code == _HANDLE and len(parts) == 2:
            return self._resolve(Handle(_count(parts[0]), _word(parts[1])))
        if code == _NAME and len(parts) == 1:
            return self._resolve(Name(_word(parts[0]), "object"))
        if code == _CALLBACK and len(parts) == 1:
            return self._resolve(Callback(_count(parts[0])))
        raise ProtocolError("a value is of an unknown kind")


def _build_array(parts: Any) -> NDArray[Any]:
    name, shape, data = parts
    if type(shape) is not list or type(data) is not bytes:
        raise ProtocolError("a part of a value is of the wrong kind")
    dtype = _plain_dtype(name)
    size = dtype.itemsize
    for length in shape:
        size *= _count(length)
    if size != len(data):
        raise ProtocolError("an array's bytes do not fit its shape")
    array = np.frombuffer(data, dtype=dtype).reshape(shape).copy()
    if dtype.kind == "b":  # any byte but 0 is true, and only 1 equals True
        return np.asarray(array.view(np.uint8) != 0)
    return array


def _build_scalar(parts: Any) -> Any:
    name, data = parts
    _check_kinds(data, bytes)
    return np.frombuffer(data, dtype=_plain_dtype(name), count=1)[0]


@functools.lru_cache(maxsize=256)
def _plain_dtype(name: Any) -> np.dtype[Any]:
    dtype = np.dtype(_word(name))
    if dtype.kind not in _PLAIN_KINDS or dtype.subdtype is not None or dtype.names is not None or not dtype.itemsize:
        raise ProtocolError("an array has a dtype that is not allowed")
    return dtype


def _build_tensor(parts: Any) -> Any:
    name, shape, data = parts
    _check_kinds(name, str, shape, list, data, bytes)
    if name not in _TENSOR_DTYPES:
        raise ProtocolError("a tensor has a dtype that is not allowed")
    import torch

    dtype = getattr(torch, name)
    size = dtype.itemsize
    for length in shape:
        size *= _count(length)
    if size != len(data):
        raise ProtocolError("a tensor's bytes do not fit its shape")
    if not data:
        return torch.empty(shape, dtype=dtype)
    tensor = torch.frombuffer(bytearray(data), dtype=torch.uint8 if name == "bool" else dtype).reshape(shape)
    return tensor != 0 if name == "bool" else tensor


def _build_generator(parts: Any) -> Generator:
    name, state = parts
    _check_kinds(name, str, state, dict)
    if name not in _BIT_GENERATORS:
        raise ProtocolError("a random generator is of an unknown kind")
    if name in _BUFFER_WORDS:  # NumPy does not check this, and would read beyond its buffer
        place = state["state"]["pos"] if name == "MT19937" else state["buffer_pos"]
        if _count(place) > _BUFFER_WORDS[name]:
            raise ProtocolError("a random generator stands outside its buffer")
    bits = getattr(np.random, name)()
    bits.state = state
    if _stands_still(name, bits.state["state"]):
        raise ProtocolError("a random generator draws one number for ever")
    return Generator(bits)


def _stands_still(name: str, state: dict[str, Any]) -> bool:
    """Whether NumPy, which rejects some draws, might wait for another one for ever, where nothing can interrupt it."""
    if name == "MT19937":
        return not (state["key"][0] >> 31 or state["key"][1:].any())
    return name.startswith("PCG64") and state["inc"] % 2 == 0


def _build_figure(parts: Any) -> figures.Figure:
    return figures.rebuild(parts)


def _integers(parts: Any) -> list[Any]:
    if len(parts) != 3 or not all(part is None or type(part) is int for part in parts):
        raise ProtocolError("a range has bounds that are not integers")
    return list(parts)


def _build_range(parts: Any) -> range:
    built = range(*_integers(parts))
    if _is_long(built):
        raise ProtocolError("a range is too long")
    return built


def _is_long(value: range) -> bool:
    """Whether going through it would take for ever: `sum` of a range cannot be interrupted."""
    return (value.stop - value.start) // value.step > MAX_RANGE


def _build_complex(parts: Any) -> complex:
    real, imaginary = parts
    _check_kinds(real, float, imaginary, float)
    return complex(real, imaginary)


def _build_pairs(parts: Any) -> dict[Any, Any]:
    for pair in parts:
        _check_kinds(pair, list)
    return dict(parts)


_BUILDERS: dict[int, Callable[[Any], Any]] = {
    _TUPLE: tuple,
    _SET: set,
    _FROZENSET: frozenset,
    _COMPLEX: _build_complex,
    _ARRAY: _build_array,
    _SCALAR: _build_scalar,
    _TENSOR: _build_tensor,
    _RNG: _build_generator,
    _RANGE: _build_range,
    _SLICE: lambda parts: slice(*_integers(parts)),
    _FIGURE: _build_figure,
    _PAIRS: _build_pairs,
}


def _check_kinds(*values_and_types: Any) -> None:
    for value, kind in zip(values_and_types[::2], values_and_types[1::2], strict=True):
        if type(value) is not kind:
            raise ProtocolError("a part of a value is of the wrong kind")


def _count(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise ProtocolError("a count is not a natural number")
    return value


def _word(value: Any) -> str:
    if type(value) is not str or len(value) > 64:
        raise ProtocolError("a name is not a short string")
    return value

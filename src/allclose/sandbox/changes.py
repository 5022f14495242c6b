"""What a call changed in its arguments, carried over to the caller's own objects."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.random import Generator

#: Steps from one output to the next, as NumPy's `pcg64.h` has them.
_MULTIPLIERS = {"PCG64": 0x2360ED051FC65DA44385DF649FCCF645, "PCG64DXSM": 0xDA942042E4DD58B5}
_MASK = 2**128 - 1
_FARTHEST = 2**40
_RECENT = 2**16
_PLAIN = frozenset((int, float, bool, complex, str, bytes, type(None)))


def absorb(original: Any, changed: Any, *, apart: bool = False) -> bool:
    """Write what the other side did to an argument into the original, as one process would show it.

    Arrays keep their shape and dtype: a change that does not fit them is ignored. A Generator moves on, `apart` too.

    Parameters
    ----------
    original, changed : object
        The argument as it was passed, and as it came back.
    apart : bool
        Keep everything as it was, but for Generators that were drawn from.

    Returns
    -------
    bool
        Whether the other side did more than draw from Generators.
    """
    torch = sys.modules.get("torch")
    if isinstance(original, np.ndarray) and isinstance(changed, np.ndarray):
        return _absorb_array(original, changed, apart)
    if isinstance(original, Generator) and isinstance(changed, Generator):
        return _absorb_generator(original, changed, apart)
    if type(original) is list and type(changed) is list:
        return _absorb_list(original, changed, apart)
    if type(original) is tuple and type(changed) is tuple:
        pairs = zip(original, changed, strict=False)  # what cannot change in place is not looked at
        touched = [absorb(old, new, apart=apart) for old, new in pairs if _is_mutable(old)]
        return any(touched)
    if type(original) is dict and type(changed) is dict:
        return _absorb_dict(original, changed, apart)
    if torch is not None and isinstance(original, torch.Tensor) and isinstance(changed, torch.Tensor):
        return _absorb_tensor(original, changed, apart)
    return not (type(original) is type(changed) and type(original) in _PLAIN and original == changed)


def _is_mutable(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return isinstance(value, (np.ndarray, Generator)) or (
        type(value) in (list, tuple, dict) or (torch is not None and isinstance(value, torch.Tensor))
    )


def _absorb_array(original: Any, changed: Any, apart: bool) -> bool:
    fits = original.shape == changed.shape and original.dtype == changed.dtype
    if fits and original.tobytes() == changed.tobytes():
        return False
    if fits and not apart and original.flags.writeable:
        original[...] = changed
    return True


def _absorb_tensor(original: Any, changed: Any, apart: bool) -> bool:
    torch = sys.modules["torch"]
    fits = original.shape == changed.shape and original.dtype == changed.dtype
    with torch.no_grad():
        if fits and torch.equal(original.to("cpu"), changed):
            return False
        if fits and not apart:
            original.copy_(changed)
    return True


def _absorb_list(original: list[Any], changed: list[Any], apart: bool) -> bool:
    found = [_absorb_item(old, new, apart) for old, new in zip(original, changed, strict=False)]
    touched = len(original) != len(changed) or any(touched for _, touched in found)
    if not apart:
        original[:] = [item for item, _ in found] + changed[len(original) :]
    return touched


def _absorb_dict(original: dict[Any, Any], changed: dict[Any, Any], apart: bool) -> bool:
    found = {key: _absorb_item(original[key], new, apart) for key, new in changed.items() if key in original}
    touched = list(original) != list(changed) or any(touched for _, touched in found.values())
    if not apart:
        merged = {key: found[key][0] if key in found else new for key, new in changed.items()}
        original.clear()
        original.update(merged)
    return touched


def _absorb_item(old: Any, new: Any, apart: bool) -> tuple[Any, bool]:
    """What stands in a list or dict afterwards, and whether that is a change."""
    touched = absorb(old, new, apart=apart)
    if type(old) is not type(new) or not _is_mutable(old):
        return new, touched
    if type(old) is tuple and not _same_frame(old, new):
        return new, True
    return old, touched


def _same_frame(old: tuple[Any, ...], new: tuple[Any, ...]) -> bool:
    """Whether two tuples are of the same parts, leaving out what may have changed in place."""
    pairs = zip(old, new, strict=False)
    return len(old) == len(new) and all(_is_mutable(one) or not absorb(one, other) for one, other in pairs)


def _absorb_generator(original: Generator, changed: Generator, apart: bool) -> bool:
    if type(original.bit_generator) is not type(changed.bit_generator):
        return True
    drawn = lies_ahead(original, changed)
    if drawn or not apart:
        original.bit_generator.state = changed.bit_generator.state
    return not drawn


def lies_ahead(earlier: Generator, later: Generator) -> bool:
    """Whether drawing from `earlier` leads to `later`: whoever sets a state of their own choosing sets our draws.

    Known of `PCG64`, which `default_rng` gives, and `PCG64DXSM`; of others only that they have not moved.
    """
    before, after = earlier.bit_generator.state, later.bit_generator.state
    if after["bit_generator"] not in _MULTIPLIERS:
        return str(before) == str(after)
    here, there = before["state"], after["state"]
    if here["inc"] != there["inc"]:
        return False
    steps = _distance(here["state"], there["state"], _MULTIPLIERS[after["bit_generator"]], here["inc"])
    kept = (after["has_uint32"], after["uinteger"])
    if steps >= _FARTHEST or kept[0] == 0 or kept == (before["has_uint32"], before["uinteger"]):
        return steps < _FARTHEST
    replay: Any = type(earlier.bit_generator)()  # the half of an output that waits for the next 32 bits must be one
    replay.state = before
    replay.advance(max(steps - _RECENT, 0))
    recent = np.atleast_1d(replay.random_raw(min(steps, _RECENT)))
    return bool((recent >> np.uint64(32) == np.uint64(kept[1])).any())


def _distance(here: int, there: int, multiplier: int, increment: int) -> int:
    """Steps of a linear congruential generator from one state to another, bit by bit (O'Neill 2014, PCG)."""
    steps, bit = 0, 1
    while here != there and bit <= _MASK:
        if here & bit != there & bit:
            here = (here * multiplier + increment) & _MASK
            steps |= bit
        bit <<= 1
        increment = (multiplier + 1) * increment & _MASK
        multiplier = multiplier * multiplier & _MASK
    return steps if here == there else _MASK

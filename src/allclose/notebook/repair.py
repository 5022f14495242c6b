"""Put back what a student's notebook lost: ids, points, locks, types, and whole cells.

What the result holds, for a notebook that needed nothing, is what nbgrader's sanitizing steps give (ClearOutput,
DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata); everything beyond that is flagged:

    cell-duplicated: ID       several cells had the id; the last one that was worked on keeps it
    cell-restored: ID         the cell was deleted; it is back in its place
    cell-retyped: ID          the cell had become another type
    cell-moved: ID            a test stood before its answer, or an answer after its test; it is put back
    id-restored: ID           the cell had lost its id, and was known by its text or place
    metadata-restored: ID     points, locks, roles or tags had been changed
    locked-cell-restored: ID  the text of a locked cell had been changed
    cell-unknown: ID          a cell of the student's claimed to be graded

Cells run in the order of the result: the student's, but that the instructor's cells keep the source's order and no test
runs before its answer. A deleted grade cell comes back behind whatever the student put in its place; a deleted code
answer comes back without code, so that it cannot overwrite what the student defined elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from allclose.course import cells, ipynb
from allclose.model import Json, Notebook, Submission
from allclose.notebook.align import Alignment, align, in_order
from allclose.notebook.text import plain

_DELETED = "# The answer cell '{name}' was deleted; allclose put it back without an answer."


@dataclass(frozen=True, slots=True)
class Repaired:
    """A repaired notebook; `origins[i]` is the index of the source cell that cell i is, None for the student's own."""

    content: Json
    origins: tuple[int | None, ...]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    origin: int | None
    cell: Json


def repair(content: Json, source: Notebook) -> Repaired:
    """Repair a clean nbformat 4 notebook by alignment with its source; `content` itself stays as it is."""
    found: list[Json] = [_copied(cell) for cell in content["cells"]]
    alignment = align(found, source)
    flags = [f"cell-duplicated: {name}" for name in alignment.duplicated]
    for index, cell in enumerate(found):
        origin = alignment.origins[index]
        _clear_outputs(cell)
        flags += _disown(cell, alignment) if origin is None else _restore(cell, source, origin)
    placed, moved = _ordered(found, alignment.origins, source)
    flags += [f"cell-moved: {cells.grade_id(source.recorded[origin])}" for origin in moved]
    placed, restored = _completed(placed, source)
    flags += [f"cell-restored: {cells.grade_id(source.recorded[origin])}" for origin in restored]
    mended = [entry.cell for entry in placed]
    origins = align(mended, source).origins if flags else alignment.origins
    ipynb.give_ids(mended, content["nbformat_minor"])
    metadata = _copied(content["metadata"])
    if source.content["metadata"].get("kernelspec"):
        metadata["kernelspec"] = _copied(source.content["metadata"]["kernelspec"])
    return Repaired(
        {**content, "cells": mended, "metadata": metadata},
        tuple(origins),
        tuple(dict.fromkeys(flags)),
    )


def repaired(submission: Submission, source: Notebook) -> Repaired:
    """A notebook of a submission, repaired now where it was not when it was read."""
    content, origins = submission.notebooks[source.name], submission.origins.get(source.name)
    return repair(content, source) if origins is None else Repaired(content, origins, ())


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _clear_outputs(cell: Json) -> None:
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
        for key in ("collapsed", "scrolled"):
            cell["metadata"].pop(key, None)


def _disown(cell: Json, alignment: Alignment) -> list[str]:
    """A cell of the student's own carries no points, whatever its metadata say."""
    if "nbgrader" not in cell["metadata"]:
        return []
    meta = cells.nbgrader(cell)
    if cells.schema_fault(meta) is None and not cells.is_recorded(cell):
        meta.pop("grade_id", None)
        return []
    name = cells.grade_id(cell)
    del cell["metadata"]["nbgrader"]
    return [] if name in alignment.duplicated else [f"cell-unknown: {plain(name) or 'without an id'}"]


def _restore(cell: Json, source: Notebook, origin: int) -> list[str]:
    """Give a known cell its type, metadata and, where it is locked, its text; returns what had to be mended."""
    recorded, released = source.recorded[origin], source.released[origin]
    if not cells.is_recorded(recorded):
        return _restore_ordinary(cell)
    name = cells.grade_id(recorded)
    flags: list[str] = []
    if cell["cell_type"] != recorded["cell_type"]:
        flags.append(f"cell-retyped: {name}")
        _retype(cell, recorded["cell_type"])
    if cells.grade_id(cell) != name:
        flags.append(f"id-restored: {name}")
    elif not _same_roles(cell, recorded):
        flags.append(f"metadata-restored: {name}")
    if flags:
        cell["metadata"]["nbgrader"] = _copied(recorded["metadata"]["nbgrader"])
    elif "checksum" in recorded["metadata"]["nbgrader"]:
        cell["metadata"]["nbgrader"]["checksum"] = recorded["metadata"]["nbgrader"]["checksum"]
    if cells.is_locked(recorded):
        if cell["source"] not in (released["source"], recorded["source"]):
            flags.append(f"locked-cell-restored: {name}")
        cell["source"] = recorded["source"]
        if cell["metadata"].get("tags") != recorded["metadata"].get("tags"):
            flags.append(f"metadata-restored: {name}")
            _put(cell["metadata"], "tags", recorded["metadata"])
    return flags


def _restore_ordinary(cell: Json) -> list[str]:
    if "nbgrader" in cell["metadata"]:
        if cells.schema_fault(cells.nbgrader(cell)) is None and not cells.is_recorded(cell):
            cells.nbgrader(cell).pop("grade_id", None)
        else:
            name = cells.grade_id(cell)
            del cell["metadata"]["nbgrader"]
            return [f"cell-unknown: {plain(name) or 'without an id'}"]
    return []


def _put(target: Json, key: str, origin: Json) -> None:
    target.pop(key, None)
    if key in origin:
        target[key] = _copied(origin[key])


def _retype(cell: Json, kind: str) -> None:
    cell["cell_type"] = kind
    if kind == "code":
        cell.pop("attachments", None)
        cell["outputs"], cell["execution_count"] = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _same_roles(cell: Json, recorded: Json) -> bool:
    """Whether the student's metadata mean what the source's mean; nbgrader leaves such metadata as they are."""
    theirs, ours = cells.nbgrader(cell), cells.nbgrader(recorded)
    if cells.schema_fault(theirs) is not None or cells.is_locked(cell) != cells.is_locked(recorded):
        return False
    if any(bool(theirs.get(key, False)) != bool(ours.get(key, False)) for key in ("grade", "solution", "task")):
        return False
    return theirs.get("points") == ours.get("points")


def _ordered(
    found: Sequence[Json], origins: Sequence[int | None], source: Notebook
) -> tuple[list[_Placed], tuple[int, ...]]:
    """The student's cells with the graded ones that stand where they must not put back, and the origins of those.

    An answer that stands earlier than in the source stays there: later cells may rest on it.
    """
    straight = set(in_order(origins, source))
    base: list[_Placed] = []
    astray: dict[int, Json] = {}
    reached = -1
    for index, (cell, origin) in enumerate(zip(found, origins, strict=True)):
        if origin is not None and index in straight:
            reached = origin
        graded = origin is not None and cells.is_recorded(source.recorded[origin])
        early = origin is not None and origin > reached and cells.is_solution(source.recorded[origin])
        if origin is not None and graded and index not in straight and not early:
            astray[origin] = cell
        else:
            base.append(_Placed(origin, cell))
    return _inserted(base, astray, source), tuple(sorted(astray))


def _completed(placed: list[_Placed], source: Notebook) -> tuple[list[_Placed], tuple[int, ...]]:
    """The cells with every graded cell of the source among them."""
    present = {entry.origin for entry in placed}
    missing = {
        origin: _made_anew(recorded, source.released[origin])
        for origin, recorded in enumerate(source.recorded)
        if cells.is_recorded(recorded) and origin not in present
    }
    return _inserted(placed, missing, source), tuple(missing)


def _made_anew(recorded: Json, released: Json) -> Json:
    cell: Json = _copied(recorded if cells.is_locked(recorded) else released)
    if "checksum" in cells.nbgrader(recorded):
        cell["metadata"]["nbgrader"]["checksum"] = cells.nbgrader(recorded)["checksum"]
    if cell["cell_type"] == "code" and not cells.is_grade(cell) and cells.is_solution(cell):
        cell["source"] = _DELETED.format(name=cells.grade_id(cell))
    return cell


def _inserted(base: list[_Placed], extra: dict[int, Json], source: Notebook) -> list[_Placed]:
    """`base` with `extra` cells (by origin) where the source has them.

    Between two cells of the source, the student's own cells stand before the first grade cell that is put in, and
    behind what comes before it.
    """
    if not extra:
        return base
    anchors = in_order([entry.origin for entry in base], source)
    groups: dict[int, list[int]] = defaultdict(list)
    known = [base[anchor].origin for anchor in anchors]
    for origin in sorted(extra):
        groups[sum(1 for other in known if other is not None and other < origin)].append(origin)
    result: list[_Placed] = []
    edges = [-1, *anchors, len(base)]
    for gap, (first, last) in enumerate(pairwise(edges)):
        added = groups.get(gap, [])
        tests = [place for place, origin in enumerate(added) if cells.is_grade(source.recorded[origin])]
        turn = tests[0] if tests else len(added)
        result += [_Placed(origin, extra[origin]) for origin in added[:turn]]
        result += base[first + 1 : last]
        result += [_Placed(origin, extra[origin]) for origin in added[turn:]]
        result += base[last : last + 1]
    return result

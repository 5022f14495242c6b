"""The course root on disk -> `Assignment`, `Notebook`, `Question`."""

from __future__ import annotations

import difflib
import fnmatch
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from allclose.course import cells, ipynb
from allclose.course.answers import read_answers, read_equivalents
from allclose.course.config import CONFIG_NAME, IGNORED, nbgrader_config, read_limits, rules, trait
from allclose.errors import CourseError, MarkerError, NotebookError
from allclose.model import Assignment, GradeCell, Json, Notebook, Question

__all__ = ["faults", "find_root", "labs", "load", "release_rules", "submitted_folders"]

_AUTOTEST = re.compile(r"^\s*#+\s*(HASHED\s+)?AUTOTEST\b", re.MULTILINE)


def find_root(start: Path) -> Path:
    """The nearest folder at or above `start` that holds `nbgrader_config.py` or `source/`.

    Raises
    ------
    CourseError
        If there is none.
    """
    here = start.resolve()
    for folder in (here, *here.parents):
        if (folder / CONFIG_NAME).is_file() or (folder / "source").is_dir():
            return folder
    raise CourseError(f"no course at or above {here}: go to the folder that holds source/, or make one (allclose init)")


def labs(root: Path) -> tuple[str, ...]:
    """The names of a course's assignments: the folders of `source/` that hold a notebook."""
    source = root / "source"
    if not source.is_dir():
        return ()
    return tuple(sorted(folder.name for folder in source.iterdir() if any(folder.glob("*.ipynb"))))


def load(root: Path, lab: str) -> Assignment:
    """One assignment of the course, checked.

    Raises
    ------
    CourseError
        If the lab is unknown, or a file of it is not what it should be.
    NotebookError
        If a source notebook cannot be used (MarkerError: its markers do not pair up).
    """
    root = root.absolute()
    config = nbgrader_config(root)
    _check_directories(root, config)
    source = _source_folder(root, lab)
    hidden = root / "autograder" / lab
    suite = tuple(sorted(hidden.glob("test_*.py")))
    edges = [_edge(root, config, name) for name in ("header", "footer")]
    notebooks = tuple(
        _read_notebook(path, edges, rules(config), by_suite=bool(suite)) for path in sorted(source.glob("*.ipynb"))
    )
    if suite:
        _check_distinct(notebooks)
    reference = root / "solutions" / f"{lab}.py"
    questions = {question.name for notebook in notebooks for question in notebook.questions}
    data_files = _data_files(source, tuple(trait(config, "CourseDirectory", "ignore", list(IGNORED))))
    editable = {Path(name) for name in trait(config, "Autograde", "exclude_overwriting", {}).get(lab, ())}
    return Assignment(
        name=lab,
        root=root,
        notebooks=notebooks,
        suite=suite,
        reference=reference if reference.is_file() else None,
        data_files=data_files,
        misconceptions=read_answers(hidden / "misconceptions", questions),
        accepted=read_answers(hidden / "accepted", questions),
        limits=read_limits(hidden / "limits.toml"),
        equivalents=read_equivalents(hidden / "equivalent.toml", questions),
        editable=tuple(path for path in data_files if path in editable),
    )


def faults(root: Path, lab: str) -> tuple[str, ...]:
    """All that keeps an assignment from loading, a line for each cell or file at fault; empty where nothing does."""
    found: list[str] = []
    for path in sorted((root.absolute() / "source" / lab).glob("*.ipynb")):
        try:
            found += _cell_faults(path, _parse(path)["cells"])
        except NotebookError as error:
            found.append(str(error))
    if found:
        return tuple(found)
    try:
        load(root, lab)
    except (CourseError, NotebookError) as error:
        return (str(error),)
    return ()


def release_rules(root: Path) -> cells.Rules:
    """The settings of nbgrader's release steps in this course (markers, stubs, locks)."""
    return rules(nbgrader_config(root))


def submitted_folders(submitted: Path, lab: str) -> dict[str, Path]:
    """The folders `<submitted>/<student>/<lab>`, by student, in order.

    Raises
    ------
    CourseError
        If there is no folder `submitted`, or a student's has a name that is no text.
    """
    if not submitted.is_dir():
        raise CourseError(f"there is no folder {submitted}: collect submissions into it, or name another (--submitted)")
    students = sorted(folder for folder in submitted.iterdir() if not folder.name.startswith("."))
    for folder in students:
        try:
            folder.name.encode()
        except UnicodeEncodeError:
            raise CourseError(
                f"{submitted}: the name {os.fsencode(folder.name)!r} is no text: rename that folder"
            ) from None
    return {folder.name: folder / lab for folder in students if os.path.lexists(folder / lab)}


def _source_folder(root: Path, lab: str) -> Path:
    known = labs(root)
    if lab in known:
        return root / "source" / lab
    if lab and lab == Path(lab).name and (root / "source" / lab).is_dir():
        raise CourseError(f"{root / 'source' / lab} holds no notebook: put the instructor's .ipynb there")
    near = difflib.get_close_matches(lab, known, n=1)
    if near:
        raise CourseError(f"no assignment '{lab}' in {root / 'source'}: did you mean '{near[0]}'?")
    listed = f"it has {', '.join(known)}" if known else "it has no assignments"
    raise CourseError(f"no assignment '{lab}' in {root / 'source'}: {listed}")


def _check_directories(root: Path, config: Any) -> None:
    for name in ("source", "release"):
        given = trait(config, "CourseDirectory", f"{name}_directory", name)
        if given != name:
            raise CourseError(
                f"{root / CONFIG_NAME} sets CourseDirectory.{name}_directory to '{given}'; "
                f"allclose needs it to be '{name}'"
            )


def _edge(root: Path, config: Any, name: Literal["header", "footer"]) -> list[Json]:
    """The cells that IncludeHeaderFooter puts before or after every notebook."""
    given = trait(config, "IncludeHeaderFooter", name, "")
    found: list[Json] = _parse(root / given)["cells"] if given else []
    return found


def _parse(path: Path) -> Json:
    try:
        return ipynb.parse(path.read_bytes())
    except OSError as error:
        raise NotebookError(f"{path} cannot be read: {error.strerror}") from None
    except ipynb.Unreadable as error:
        raise NotebookError(f"{path} {error}") from None


def _read_notebook(path: Path, edges: list[list[Json]], settings: cells.Rules, *, by_suite: bool) -> Notebook:
    content = _parse(path)
    header, footer = edges
    content["cells"] = [*header, *content["cells"], *footer]
    ipynb.give_ids(content["cells"], content["nbformat_minor"])
    _check_cells(path, content["cells"])
    try:
        recorded = cells.recorded_cells(content, settings)
        released = cells.released_cells(recorded, settings)
    except MarkerError as error:
        raise MarkerError(f"{path}: {error}") from None
    grade_cells = tuple(_grade_cell(cell) for cell in content["cells"] if cells.is_grade(cell) or cells.is_task(cell))
    solutions = {cells.grade_id(cell) for cell in content["cells"] if cells.is_solution(cell)}
    questions = tuple(
        _question(path, grade_cell, solutions, by_suite=by_suite)
        for grade_cell in grade_cells
        if grade_cell.kind == "auto"
    )
    return Notebook(path.stem, path, content, grade_cells, questions, recorded, released)


def _check_cells(path: Path, found: list[Json]) -> None:
    fault = next(_cell_faults(path, found), None)
    if fault is not None:
        raise NotebookError(fault)


def _cell_faults(path: Path, found: list[Json]) -> Iterator[str]:
    """What is wrong with the cells, a line for each."""
    for index, cell in enumerate(found):
        fault = cells.cell_fault(cell)
        place = f"{path}: {cells.where(cell, index)}"
        if fault is not None and "schema" in fault:
            old = cells.nbgrader(cell).get("schema_version", 0) in (0, 1, 2)
            mend = f"run: nbgrader update {path.parent}" if old else "make the cell's nbgrader metadata anew"
            yield f"{place} {fault}; {mend}"
        elif fault is not None:
            yield f"{place} {fault}; mend it in nbgrader's create-assignment view"
        elif cell["cell_type"] == "code" and cells.is_grade(cell) and _AUTOTEST.search(cell["source"]):
            yield f"{place} uses nbgrader's AUTOTEST, which allclose does not run: write its tests out as assertions"
    counts = Counter(cells.grade_id(cell) for cell in found if cells.is_recorded(cell))
    yield from (
        f"{path}: the grade_id '{name}' stands on two cells: rename one" for name in sorted(counts) if counts[name] > 1
    )


def _grade_cell(cell: Json) -> GradeCell:
    kind: Literal["auto", "manual", "task"] = "task" if cells.is_task(cell) else "auto"
    if cells.is_grade(cell) and (cells.is_solution(cell) or cell["cell_type"] != "code"):
        kind = "manual"
    return GradeCell(cells.grade_id(cell), float(cells.nbgrader(cell)["points"]), kind, cell["cell_type"])


def _question(path: Path, grade_cell: GradeCell, solutions: set[str], *, by_suite: bool) -> Question:
    """With a suite the grade cell `<q>-grade` belongs to question `<q>`; without, each grade cell is a question."""
    own = grade_cell.grade_id.removesuffix("-grade")
    has_own = own != grade_cell.grade_id and own in solutions
    if by_suite and not has_own:
        raise NotebookError(
            f"{path}: the grade cell '{grade_cell.grade_id}' belongs to no question: "
            "in an assignment with a suite it is called <question>-grade and its solution cell <question>"
        )
    name = own if by_suite else grade_cell.grade_id
    return Question(name, path.stem, grade_cell.points, grade_cell.grade_id, own if has_own else None)


def _check_distinct(notebooks: tuple[Notebook, ...]) -> None:
    seen: dict[str, Notebook] = {}
    for notebook in notebooks:
        for question in notebook.questions:
            if question.name in seen:
                raise CourseError(
                    f"{notebook.path} and {seen[question.name].path} both have a question '{question.name}': rename one"
                )
            seen[question.name] = notebook


def _data_files(source: Path, ignored: tuple[str, ...]) -> tuple[Path, ...]:
    """Every file below the source folder that nbgrader hands out with the notebooks."""
    found: list[Path] = []
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not _matches(name, ignored)]
        found.extend(
            (Path(folder) / name).relative_to(source) for name in names if not _matches(name, (*ignored, "*.ipynb"))
        )
    return tuple(sorted(found))


def _matches(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)

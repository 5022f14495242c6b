"""otter-grader's assignments and submissions: the autograder zip, and what a class handed in for it.

The zip (of `otter generate` or `otter assign`, or the folder it is unpacked to) holds `tests/`, `files/` and
`otter_config.json`. Submissions are notebooks, or the zips of `otter export`, a file for each student; or nbgrader's
folders. What a grade does not depend on is left alone; what it would depend on and cannot be done here is refused.
"""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from allclose.course import ipynb
from allclose.course.config import read_limits
from allclose.errors import InteropError
from allclose.grading.checks import CheckedLab
from allclose.interop.collect.members import DAMAGE, Budget, Shelf
from allclose.interop.collect.names import Refused
from allclose.interop.collect.zips import of_zip
from allclose.model import Json, Submission
from allclose.notebook.read import (
    MAX_FILE_FLAGS,
    MAX_FILES,
    MAX_FILES_BYTES,
    MAX_NOTEBOOK_BYTES,
    Unusable,
    other_files,
    read_file,
)
from allclose.notebook.text import plain

#: What the files of an assignment may weigh in all, and how many there may be.
MAX_ASSIGNMENT_BYTES = 500_000_000
MAX_MEMBERS = 10_000
CONFIG, TESTS, FILES = "otter_config.json", "tests", "files"
_KINDS = (".ipynb", ".zip", ".py")
_OF_OTTER = (".OTTER_LOG", "__zip_filename__")
_NUMBER = "a number"

#: Options that change a score, and what each must be.
_GRADED: dict[str, tuple[str, tuple[type, ...]]] = {
    "score_threshold": (_NUMBER, (int, float)),
    "points_possible": (_NUMBER, (int, float)),
    "seed": ("a whole number", (int,)),
    "seed_variable": ("a text", (str,)),
    "assignment_name": ("a text", (str,)),
}
#: Options that change a score in a way that cannot be had here, and what to do about each.
_REFUSED = {
    "plugins": "a plugin is a program of its own that changes grades; take it out, and apply it to the exported grades",
    "grade_from_log": "the log is a pickle of the student's making; take it out, and the notebook itself is graded",
    "debug": "otter then stops at the first error of a notebook; take it out",
}
#: Options that change no score, with what is left undone where there is something.
_UNGRADED = {
    "pdf": "'pdf' (no PDF is made)",
    "token": "'token' (nothing is sent to Gradescope)",
    "course_id": "",
    "assignment_id": "",
    "filtering": "",
    "pagebreaks": "",
    "pdf_via_html": "",
    "use_submission_pdf": "",
    "warn_missing_pdf": "",
    "submit_blank_pdf_on_export_failure": "",
    "show_stdout": "",
    "show_hidden": "",
    "show_all_public": "",
    "force_public_test_summary": "",
    "serialized_variables": "",
    "zips": "",
    "lang": "",
    "autograder_dir": "",
    "miniconda_path": "",
    "logo": "",
    "print_summary": "",
    "print_score": "",
    "log_level": "",
}


@dataclass(frozen=True, slots=True)
class OtterAssignment:
    """An assignment as it was read; `remarks` say what of its settings is left undone."""

    lab: CheckedLab
    remarks: tuple[str, ...]


def read_otter_assignment(path: Path) -> OtterAssignment:
    """Read an autograder zip, or the folder that it was unpacked to.

    Parameters
    ----------
    path : Path
        The zip or folder. A `limits.toml` in it, or beside the zip, says what a submission may use.

    Raises
    ------
    InteropError
        If it is no autograder, or asks for what cannot be done here; the message names the option.
    CourseError
        If its `limits.toml` cannot be used.
    """
    members = _zip_members(path) if path.is_file() else _folder_members(path)
    tests = {name: data for name, data in members.items() if _is_test(name)}
    if not tests:
        raise InteropError(f"{path}: there is no {TESTS}/*.py in it; make it with `otter generate` or `otter assign`")
    texts = {name: _text(f"{path}: {name}", data) for name, data in sorted(tests.items())}
    config = _config(path, members.get(CONFIG))
    files = {name.removeprefix(f"{FILES}/"): data for name, data in members.items() if name.startswith(f"{FILES}/")}
    # otter runs a notebook as a part of a package.
    files.setdefault("__init__.py", b"")
    _refuse_notebooks(path, files)
    folder = path.parent if path.is_file() else path
    expected = config.get("assignment_name")
    lab = CheckedLab(
        name=expected or path.stem,
        tests=texts,
        files=files,
        limits=read_limits(folder / "limits.toml"),
        expected_name=expected or None,
        seed=config.get("seed"),
        seed_variable=config.get("seed_variable"),
        points_possible=config.get("points_possible"),
        score_threshold=config.get("score_threshold"),
    )
    return OtterAssignment(lab, _remarks(config))


def handed_in(folder: Path, lab: CheckedLab, autograder: Path) -> dict[str, Path]:
    """Find what a class handed in: by student, a notebook, script, zip or folder; never the autograder itself.

    A file is its student's, whose name it has; a folder that holds a notebook, itself or in a folder of the
    assignment's name, is its student's too (nbgrader's layout). One file may be named instead of a class.

    Raises
    ------
    InteropError
        If there is nothing, or two files are one student's.
    """
    if folder.is_file() and folder.suffix in _KINDS:
        return {folder.stem: folder}
    if not folder.is_dir():
        raise InteropError(f"{folder}: there is no such folder; name the submissions' with --submitted")
    ours = autograder.resolve()
    entries = sorted(path for path in folder.iterdir() if not path.name.startswith((".", "__")))
    entries = [path for path in entries if path.resolve() != ours]
    files = [path for path in entries if path.suffix in (".ipynb", ".zip") and not path.is_dir()]
    folders = {path.name: home for path in entries if path.is_dir() and (home := _home(path, lab)) is not None}
    if not files and not folders:  # scripts are submissions too, but beside notebooks they are their helpers
        files = [path for path in entries if path.suffix == ".py" and not path.is_dir()]
    found = dict(folders)
    for path in files:
        if path.stem in found:
            both = f"{found[path.stem].name} and {path.name}"
            raise InteropError(f"{folder}: {both} are both of student '{path.stem}'; take one of them away")
        found[path.stem] = path
    if not found:
        raise InteropError(f"{folder}: no submissions; put notebooks there, named after their students")
    return dict(sorted(found.items()))


def read_handed_in(path: Path, student: str, lab: CheckedLab) -> Submission:
    """Read what one student handed in; what is wrong with it stands in `problems`.

    Raises
    ------
    OSError
        If this machine, not the student, is at fault.
    """
    flags: tuple[str, ...] = ()
    try:
        if path.is_dir():
            names = sorted(each.name for each in path.iterdir() if each.suffix in (".ipynb", ".py"))
            name = _graded_file(names)
            others = other_files(path, {name}, {other: _giving(data) for other, data in lab.files.items()})
            files, flags = others.files, tuple(flag for flag in others.flags if not flag.startswith("other-file"))
            data = read_file(path, name, MAX_NOTEBOOK_BYTES)
        elif path.suffix == ".zip":
            files, flags = _exported(read_file(path.parent, path.name, MAX_FILES_BYTES))
            name = _graded_file(list(files))
            data = files.pop(name)
        else:
            name, files = path.name, {}
            data = read_file(path.parent, name, MAX_NOTEBOOK_BYTES)
        content = _content(name, data, lab)
    except (Unusable, ipynb.Unreadable) as error:
        return Submission(student, {}, {lab.name: f"{plain(path.name)} {error}"}, {})
    own, left_out = _fitting({name: data, **files}, lab)
    return Submission(student, {lab.name: content}, {}, own, (*flags, *left_out))


def _content(name: str, data: bytes, lab: CheckedLab) -> Json:
    if name.endswith(".py"):
        try:
            source = data.decode()
        except UnicodeDecodeError:
            raise Unusable("is not UTF-8 text") from None
        cell: Json = {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}
        return {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    content = ipynb.parse(data)
    about = content["metadata"].get("otter")
    own = about.get("assignment_name") if isinstance(about, dict) else None
    if lab.expected_name is not None and own != lab.expected_name:
        said = f"'{plain(own)}'" if isinstance(own, str) else "no assignment by name"
        raise Unusable(f"is of {said}, and this is '{lab.expected_name}'")
    return content


def _graded_file(names: list[str]) -> str:
    """The file of a submission that is graded: its notebook, or else its script."""
    for suffix, what in ((".ipynb", "notebook"), (".py", "Python file")):
        found = [name for name in names if name.endswith(suffix) and "/" not in name and name != "__init__.py"]
        if len(found) > 1:
            raise Unusable(f"holds more than one {what}")
        if found:
            return found[0]
    raise Unusable("holds no notebook")


def _home(folder: Path, lab: CheckedLab) -> Path | None:
    """The folder of a student's in which a submission lies, if there is one."""
    if folder.is_symlink():
        return None
    inner = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    named = [path for path in inner if path.name == lab.name]
    for home in (folder, *named, *(inner if len(inner) == 1 else ())):
        kinds: dict[str, Path] = {
            path.suffix: path for path in sorted(home.iterdir()) if not path.is_dir() and path.suffix in _KINDS
        }
        if kinds:
            return kinds[".zip"] if ".zip" in kinds and ".ipynb" not in kinds else home
    return None


def _fitting(files: Mapping[str, bytes], lab: CheckedLab) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """The student's files that leave room on the sandbox's disk, in order; flags for the others."""
    room = lab.limits.disk_bytes * 3 // 4 - sum(map(len, lab.files.values()))
    kept, left_out = {}, []
    for name, data in files.items():
        if name in lab.files:
            if data != lab.files[name]:
                left_out.append(f"data-file-restored: {plain(name)}")
        elif name.split("/")[0] == TESTS:
            continue  # the assignment's are used, and are not shown to the notebook
        elif len(data) <= room:
            room -= len(data)
            kept[name] = data
        else:
            left_out.append(f"file-ignored: {plain(name)} does not fit on the sandbox's disk")
    return kept, tuple(left_out[:MAX_FILE_FLAGS])


def _giving(data: bytes) -> Callable[[], bytes]:
    return lambda: data


def _config(path: Path, data: bytes | None) -> Json:
    if data is None:
        return {}
    try:
        config = json.loads(_text(f"{path}: {CONFIG}", data))
    except (ValueError, RecursionError) as error:
        raise InteropError(f"{path}: {CONFIG} is not JSON ({error}); mend it") from None
    if not isinstance(config, dict):
        raise InteropError(f"{path}: {CONFIG} is no object; mend it")
    _refuse_own_bundle(path, config.get("plugins"))
    for option, why in _REFUSED.items():
        if config.get(option):
            raise InteropError(f"{path}: {CONFIG} sets '{option}', which cannot be done here: {why}")
    if config.get("lang", "python") != "python":
        raise InteropError(f"{path}: {CONFIG} sets 'lang'; only notebooks in Python are graded here, use otter")
    for option, (what, kinds) in _GRADED.items():
        value = config.get(option)
        if value is not None and (isinstance(value, bool) or not isinstance(value, kinds)):
            raise InteropError(f"{path}: {CONFIG} sets '{option}' to what is not {what}; mend it")
    return config


def _refuse_own_bundle(path: Path, plugins: Any) -> None:
    """Refuse what `allclose bundle` made: its tests are the hidden suite, which must not enter the sandbox."""
    for plugin in plugins if isinstance(plugins, list) else ():
        for name, about in plugin.items() if isinstance(plugin, dict) else ():
            if str(name).startswith("allclose.") and isinstance(about, dict):
                lab = plain(str(about.get("lab")))
                raise InteropError(f"{path}: is allclose's own bundle of {lab}: grade it with `allclose grade {lab}`")


def _remarks(config: Json) -> tuple[str, ...]:
    undone = dict.fromkeys(said for option, said in _UNGRADED.items() if said and config.get(option))
    unknown = [option for option in config if option not in {*_GRADED, *_REFUSED, *_UNGRADED}]
    strange = [f"'{plain(option)}' (no option of otter's, which passes over it too)" for option in unknown]
    return (*undone, *strange)


def _refuse_notebooks(path: Path, files: Mapping[str, bytes]) -> None:
    """Refuse an assignment that makes otter find two notebooks in every submission."""
    found = [name for name in files if name.endswith(".ipynb") and "/" not in name]
    if found:
        raise InteropError(f"{path}: {FILES}/{found[0]} is a notebook, which otter takes for a second submission")


def _is_test(name: str) -> bool:
    path = PurePosixPath(name)
    return len(path.parts) == 2 and path.parts[0] == TESTS and path.suffix == ".py" and not path.name.startswith(".")


def _text(what: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InteropError(f"{what} is not UTF-8 text; save it as such") from None


def _folder_members(folder: Path) -> dict[str, bytes]:
    found = {}
    paths = [folder / CONFIG, *sorted((folder / TESTS).glob("*.py")), *sorted((folder / FILES).rglob("*"))]
    for path in paths:
        if path.is_file():
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def _zip_members(path: Path) -> dict[str, bytes]:
    try:
        members, faults = _unzipped(path.read_bytes(), MAX_ASSIGNMENT_BYTES, MAX_MEMBERS)
    except Unusable as error:
        raise InteropError(f"{path} {error}; make it again with `otter generate`") from None
    for name, fault in faults.items():
        raise InteropError(f"{path}: {plain(name)} is {fault}; make it again with `otter generate`")
    return members


def _exported(data: bytes) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """What a zip of `otter export` holds, without what otter itself put there; flags for what was refused."""
    members, faults = _unzipped(data, MAX_FILES_BYTES, MAX_FILES)
    for name in _OF_OTTER:
        members.pop(name, None)
    flags = tuple(f"file-ignored: {plain(name)} is {fault}" for name, fault in faults.items())
    return members, flags[:MAX_FILE_FLAGS]


def _unzipped(data: bytes, most: int, most_members: int) -> tuple[dict[str, bytes], dict[str, str]]:
    """The files of a zip by relative path, and what is wrong with those that were refused."""
    try:
        with tempfile.TemporaryDirectory() as scratch:
            budget = Budget(len(data), most, most_members)
            members = tuple(of_zip(io.BytesIO(data), Shelf(Path(scratch)), budget))
            # Of a name that stands there twice the last counts, as for whoever unpacks it.
            found = {"/".join(each.path): each.content.read_bytes() for each in members if each.content is not None}
    except Refused as error:
        raise Unusable(str(error)) from None
    except DAMAGE:
        raise Unusable("is not a zip file that can be read") from None
    return found, {each.name: each.fault for each in members if each.fault}

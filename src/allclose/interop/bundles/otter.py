"""What otter-grader takes: a folder for the students, and an autograder zip whose tests are the hidden suite.

Each question is one test file in otter's exception format, each hidden test one case of it. The zip is made by `otter
generate`; what it knows no place for is added where otter's own image and `otter run` find it:

tests/<question>.py     the cases, which call `within_otter`
tests/course/           what the tests read of the course, its secret included
files/                  the lab's data files
*.whl, requirements.d/  allclose: beside setup.sh on Gradescope, and where otter's Dockerfile copies `requirements.*`
"""

from __future__ import annotations

import copy
import importlib.util
import json
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path

from allclose.course import cells, ipynb
from allclose.errors import InteropError, LeakError
from allclose.interop.bundles.archive import write_members, zipped
from allclose.interop.bundles.needs import Needs, installed_closure, needs
from allclose.interop.bundles.taken_along import course_members
from allclose.interop.bundles.wheel import wheel
from allclose.model import Assignment, Json, Notebook
from allclose.notebook import leaks
from allclose.notebook.release import student_version
from allclose.suite.plugin import SuiteTest
from allclose.suite.runner import SuiteRunner
from allclose.suite.secret import load_seed
from allclose.suite.standins import defined_names

#: What a case says is for students: on Gradescope they read it once grades are published.
_SHOWN = {"show_hidden": True, "force_public_test_summary": False}
#: Packages whose versions decide what a seed draws.
_DECIDING = ("hypothesis", "numpy", "pytest", "torch")
_PROGRAMS = ("setup.sh", "run_autograder")
_HERE = __name__.rpartition(".")[0]
#: Where a grading machine has what the zip brings: otter's image, and Gradescope's.
_SOURCE = "/autograder/source"
#: A plugin has otter read this file, and otter's image has an empty one.
_METADATA = b"""
[ -s /autograder/submission_metadata.json ] || echo '{}' > /autograder/submission_metadata.json
"""
_TEST_FILE = '''"""The hidden tests of '{question}', in the submission's own process: there is no isolation."""

from {here}.within_otter import hold
from otter.test_files import test_case

OK_FORMAT = False
name = {question!r}
points = None
'''
_CASE = """

@test_case(name={name!r}, points={points!r}, hidden=True)
def case_{number}(env):
    hold({lab!r}, {question!r}, {number}, env)
"""
_PUBLIC = """from otter.test_files import test_case

OK_FORMAT = False
name = {question!r}
points = None

CHECKS = {checks!r}


@test_case(name="public checks", hidden=False)
def public(env):
    exec(CHECKS, dict(env))
"""
_INIT = """# Initialize Otter
from allclose.teach import otter
grader = otter.Notebook("{name}.ipynb")"""
_EXPORT_TEXT = """## Hand in

Save this notebook, then run the cell below. It makes a zip file beside the notebook: hand that in."""
_EXPORT = "grader.export(pdf=False, force_save=True)"


def bundle(assignment: Assignment, folder: Path) -> tuple[Path, ...]:
    """Write `<folder>/student/`, which goes to students, and `<folder>/autograder.zip`, which must not.

    Otter grades one notebook at a time. Where an assignment has several, each has a zip: `<notebook>-autograder.zip`.

    Parameters
    ----------
    assignment : Assignment
        What is bundled; it needs a hidden suite.
    folder : Path
        Where to write.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    InteropError
        If otter is not installed, the assignment has no suite, a name is taken twice, or something that the lab imports
        is not installed here.
    LeakError
        If a file for students would show an answer or a hidden test.
    SuiteError
        If the suite cannot be collected or does not fit its lab.
    OSError
        If it cannot be written.
    """
    if importlib.util.find_spec("otter") is None:
        raise InteropError("otter-grader is not installed: pip install 'allclose[otter]'")
    if not assignment.suite:
        raise InteropError(
            f"{assignment.root / 'autograder' / assignment.name}: no hidden suite, so otter has no tests"
        )
    tests = _tests(assignment)
    names = ["autograder.zip"]
    if len(assignment.notebooks) > 1:
        names = [f"{notebook.name}-autograder.zip" for notebook in assignment.notebooks]
    members = {f"student/{name}": data for name, data in _student_members(assignment).items()}
    for name, notebook in zip(names, assignment.notebooks, strict=True):
        members[name] = zipped(_grader_members(assignment, notebook, tests), _PROGRAMS)
    return write_members(folder, members)


def student_notebook(assignment: Assignment, notebook: Notebook) -> Json:
    """The released notebook with otter's cells in it, which `allclose grade` takes as well.

    Raises
    ------
    NotebookError
        If nbgrader refuses the notebook.
    """
    content = copy.deepcopy(student_version(notebook, assignment))
    questions = {question.grade_cell: question.name for question in notebook.questions}
    found = [_cell(_INIT.format(name=notebook.name))]
    tests = {}
    for cell in content["cells"]:
        found.append(cell)
        question = questions.get(cells.grade_id(cell))
        if question is not None:
            found.append(_cell(f'grader.check("{question}")'))
            tests[question] = _PUBLIC.format(question=question, checks=cell["source"])
    found += [_cell(_EXPORT_TEXT, "markdown"), _cell(_EXPORT)]
    ipynb.give_ids(found, content["nbformat_minor"])
    metadata = {**content["metadata"], "otter": {"OK_FORMAT": False, "tests": tests}}
    return {**content, "cells": found, "metadata": metadata}


def _cell(source: str, kind: str = "code") -> Json:
    """A cell that a student can neither change nor delete, as otter makes its own."""
    cell: Json = {"cell_type": kind, "metadata": {"deletable": False, "editable": False}, "source": source}
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _student_members(assignment: Assignment) -> dict[str, bytes]:
    contents = {notebook.name: student_notebook(assignment, notebook) for notebook in assignment.notebooks}
    data = _data(assignment)
    needed = _needs(assignment, contents, data)
    wheel_name, wheel_bytes = wheel()
    lines = [needed.wheel(wheel_name, "otter"), *needed.required, "jupyterlab>=4"]
    made = {f"{name}.ipynb": f"{json.dumps(content, indent=1)}\n".encode() for name, content in contents.items()}
    made["requirements.txt"] = "".join(f"{line}\n" for line in lines).encode()
    made[wheel_name] = wheel_bytes
    for name in made:
        if name in data:
            raise InteropError(f"{assignment.source_dir / name}: a bundle has a file of this name: rename it")
    found = leaks.scan(assignment, contents)
    if found:
        raise LeakError(f"{assignment.source_dir}: {found[0]}; take it out of the source")
    return made | data


def _data(assignment: Assignment) -> dict[str, bytes]:
    return {path.as_posix(): (assignment.source_dir / path).read_bytes() for path in assignment.data_files}


def _needs(assignment: Assignment, contents: dict[str, Json], files: dict[str, bytes]) -> Needs:
    programs = {name: data.decode(errors="replace") for name, data in files.items() if name.endswith(".py")}
    return needs(assignment, contents, programs)


def _tests(assignment: Assignment) -> tuple[SuiteTest, ...]:
    names = {name: defined for notebook in assignment.notebooks for name, defined in defined_names(notebook).items()}
    with SuiteRunner(assignment, names, load_seed(assignment.root), "cpu", assignment.limits) as suite:
        return suite.wait_ready()


def _grader_members(assignment: Assignment, notebook: Notebook, tests: Sequence[SuiteTest]) -> dict[str, bytes]:
    known = tuple(f"autograder/{assignment.name}/{kind}/" for kind in ("misconceptions", "accepted"))
    course = {name: data for name, data in course_members(assignment).items() if not name.startswith(known)}
    wheel_name, wheel_bytes = wheel()
    test_files = {
        f"tests/{question.name}.py": _test_file(assignment, question.name, tests) for question in notebook.questions
    }
    plugin = {f"{_HERE}.within_otter.Repair": {"lab": assignment.name, "notebook": notebook.name}}
    staged = {
        **{name: text.encode() for name, text in test_files.items()},
        "otter_config.json": json.dumps({**_SHOWN, "plugins": [plugin]}).encode(),
        "requirements.txt": "".join(f"{line}\n" for line in _requirements(assignment, course, wheel_name)).encode(),
    }
    members = _generated(staged)
    members["setup.sh"] += _METADATA
    members |= {f"files/{name}": data for name, data in _data(assignment).items()}
    members |= {f"tests/course/{name}": data for name, data in course.items()}
    return members | {wheel_name: wheel_bytes, f"requirements.d/{wheel_name}": wheel_bytes}


def _test_file(assignment: Assignment, question: str, tests: Sequence[SuiteTest]) -> str:
    own = [test for test in tests if test.question == question]
    cases = (
        _CASE.format(name=test.name, points=test.points, number=number, lab=assignment.name, question=question)
        for number, test in enumerate(own)
    )
    return _TEST_FILE.format(question=question, here=_HERE) + "".join(cases)


def _requirements(assignment: Assignment, course: dict[str, bytes], wheel_name: str) -> list[str]:
    """The wheel by its place on the grading machine, and the versions that decide what the hidden inputs are."""
    contents = {notebook.name: notebook.content for notebook in assignment.notebooks}
    needed = _needs(assignment, contents, course)
    extras = sorted({"grade", *needed.extras})
    versions = installed_closure(["allclose"], {"allclose": extras})
    decided = [f"{name}=={versions[name]}" for name in _DECIDING if name in versions]
    return [f"allclose[{','.join(extras)}] @ file://{_SOURCE}/{wheel_name}", *needed.required, *decided]


def _generated(staged: dict[str, bytes]) -> dict[str, bytes]:
    """What `otter generate` makes of these files, by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # otter imports what is deprecated
        from otter.generate import main as generate

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_members(folder, staged)
        generate(
            tests_dir=str(folder / "tests"),
            output_path=str(folder / "made.zip"),
            config=str(folder / "otter_config.json"),
            requirements=str(folder / "requirements.txt"),
            no_environment=True,
            python_version=f"{sys.version_info.major}.{sys.version_info.minor}",
        )
        with zipfile.ZipFile(folder / "made.zip") as made:
            return {info.filename: made.read(info) for info in made.infolist()}

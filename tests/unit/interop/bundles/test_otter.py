"""What goes to otter and to its students, read with otter's own classes."""

from __future__ import annotations

import fnmatch
import json
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import pytest

from allclose import course
from allclose.errors import InteropError
from allclose.interop.bundles import otter
from allclose.model import Assignment, Json
from allclose.notebook.repair import repair
from tests.suited_course import SEED, Asked, code_cell, notebook, question_cells, write_course

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what otter imports
    from otter.nbmeta_config import NBMetadataConfig
    from otter.test_files import create_test_file

LAB = "lab"
QUESTIONS = [
    Asked(
        "twice", "def twice(x):\n    return 2 * x", 6, 'with allclose.public_checks("twice"):\n    assert twice(1) == 2'
    ),
    Asked("third-part", "def third(x):\n    return x / 3", 2.5),
]
SUITE = """
import pytest
from allclose import agree, grade


@grade("twice", points=5)
@pytest.mark.parametrize("x", [1.0, 2.5])
def test_it_doubles(submission, x):
    agree(submission.twice(x), 2 * x)


@grade("twice", points=1)
def test_nothing_is_doubled_to_nothing(submission):
    agree(submission.twice(0.0), 0.0)


@grade("third-part", points=2.5)
def test_a_third(submission):
    agree(submission.third(3.0), 1.0)
"""
ANSWERS = {
    "misconceptions/twice--squared": '"""It squares.\n\nLook again.\n"""\ndef twice(x):\n    return x**2',
    "accepted/twice--sum": '"""A sum."""\ndef twice(x):\n    return x + x',
}


def made_course(root: Path) -> Assignment:
    write_course(root, LAB, QUESTIONS, SUITE, answers=ANSWERS, data={"points.csv": b"1,2\n", "more.txt": b"more"})
    (root / "source" / LAB / "sub").mkdir()
    (root / "source" / LAB / "sub" / "deep.txt").write_text("deep")
    (root / ".allclose").mkdir()
    (root / ".allclose" / "secret").write_text(SEED.hex())
    return course.load(root, LAB)


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return made_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def folder(assignment: Assignment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("bundle")
    written = otter.bundle(assignment, made)
    assert sorted(written) == sorted(path for path in made.rglob("*") if path.is_file())
    return made


@pytest.fixture(scope="module")
def unpacked(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        archive.extractall(where)
    return where


def student_notebook(folder: Path) -> Json:
    found: Json = json.loads((folder / "student" / f"{LAB}.ipynb").read_text())
    return found


def test_the_zip_holds_what_otter_makes_the_course_and_allclose(unpacked: Path) -> None:
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    theirs = {"run_autograder", "run_otter.py", "setup.sh", "environment.yml", "otter_config.json"}
    tests = {"tests/twice.py", "tests/third-part.py"}
    files = {"files/points.csv", "files/more.txt", "files/sub/deep.txt"}
    within = {
        ".allclose/secret",
        "nbgrader_config.py",
        *(f"source/{LAB}/{name}" for name in (f"{LAB}.ipynb", "points.csv", "more.txt", "sub/deep.txt")),
        f"autograder/{LAB}/test_{LAB}.py",
        "solutions/__init__.py",
        f"solutions/{LAB}.py",
    }
    (wheel,) = (path.name for path in unpacked.glob("*.whl"))
    assert names == {
        *theirs, *tests, *files, *(f"tests/course/{name}" for name in within), wheel, f"requirements.d/{wheel}"
    }  # fmt: skip
    assert bytes.fromhex((unpacked / "tests/course/.allclose/secret").read_text()) == SEED


def test_the_course_in_the_zip_is_a_course(unpacked: Path, assignment: Assignment) -> None:
    found = course.load(course.find_root(unpacked / "tests" / "course"), LAB)
    assert found.questions == assignment.questions


def test_otters_own_image_and_gradescope_find_the_wheel_where_the_environment_says(unpacked: Path) -> None:
    (wheel,) = (path.name for path in unpacked.glob("*.whl"))
    environment = (unpacked / "environment.yml").read_text()
    assert f"allclose[grade] @ file:///autograder/source/{wheel}\n" in environment
    assert f"python={sys.version_info.major}.{sys.version_info.minor}\n" in environment
    # Otter's Dockerfile adds `requirements.*` before it installs, of a folder what is in it; Gradescope unpacks all.
    added = [path for path in unpacked.iterdir() if fnmatch.fnmatch(path.name, "requirements.*")]
    assert [path.name for folder in added for path in folder.iterdir()] == [wheel]


def test_what_otter_runs_can_be_executed(folder: Path) -> None:
    with zipfile.ZipFile(folder / "autograder.zip") as archive:
        modes = {name: archive.getinfo(name).external_attr >> 16 & 0o777 for name in archive.namelist()}
    assert (modes["run_autograder"], modes["setup.sh"], modes["tests/twice.py"]) == (0o755, 0o755, 0o644)


def test_the_image_has_the_file_that_otters_plugins_are_read_with(unpacked: Path, tmp_path: Path) -> None:
    script = (unpacked / "setup.sh").read_text().splitlines()
    line = next(line for line in script if "submission_metadata.json" in line)
    subprocess.run(["bash", "-c", line.replace("/autograder", str(tmp_path))], check=True)
    assert json.loads((tmp_path / "submission_metadata.json").read_text()) == {}


def test_each_hidden_test_is_a_case_of_its_question(unpacked: Path) -> None:
    found: dict[str, list[tuple[str, float, bool]]] = {}
    for path in sorted((unpacked / "tests").glob("*.py")):
        test: Any = create_test_file(str(path), NBMetadataConfig())
        found[test.name] = [(case.name, case.points, case.hidden) for case in test.test_cases]
        assert not test.all_or_nothing
    assert found == {
        "third-part": [("test_a_third", 2.5, True)],
        "twice": [
            ("test_it_doubles[1.0]", 2.5, True),
            ("test_it_doubles[2.5]", 2.5, True),
            ("test_nothing_is_doubled_to_nothing", 1.0, True),
        ],
    }


def test_students_get_the_notebook_with_otters_cells_its_data_and_allclose(folder: Path) -> None:
    names = {path.relative_to(folder / "student").as_posix() for path in (folder / "student").rglob("*")}
    (wheel,) = (name for name in names if name.endswith(".whl"))
    assert names == {f"{LAB}.ipynb", "points.csv", "more.txt", "sub", "sub/deep.txt", "requirements.txt", wheel}
    assert f"./{wheel}[otter]\n" in (folder / "student" / "requirements.txt").read_text()
    cells = student_notebook(folder)["cells"]
    places = [cell["metadata"].get("nbgrader", {}).get("grade_id") or cell["source"].splitlines()[0] for cell in cells]
    assert (
        places
        == [
            "# Initialize Otter",
            "import allclose",
            "twice",
            "twice-grade",
            'grader.check("twice")',
            "third-part",
            "third-part-grade",
            'grader.check("third-part")',
            "## Hand in",
            "grader.export(pdf=False, force_save=True)",
        ]
        or places[1] == "setup"
    )


def test_students_get_nothing_hidden(folder: Path) -> None:
    for path in (folder / "student").rglob("*"):
        if path.is_file() and path.suffix != ".whl":
            text = path.read_text()
            assert not any(
                secret in text for secret in ("run_suite", "2 * x", "test_it_doubles", "squares", SEED.hex())
            )


def test_the_students_notebook_needs_no_repair(folder: Path, assignment: Assignment) -> None:
    repaired = repair(student_notebook(folder), assignment.notebooks[0])
    assert repaired.flags == ()


def test_the_public_checks_answer_to_a_student_who_asks_otter(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from otter import Notebook

    monkeypatch.chdir(tmp_path)
    (tmp_path / f"{LAB}.ipynb").write_text(json.dumps(student_notebook(folder)))
    grader = Notebook(f"{LAB}.ipynb")
    names: dict[str, Any] = {"twice": lambda x: x + x}
    exec("import allclose", names)
    assert grader.check("twice", names).passed_all
    names["twice"] = lambda x: x
    assert not grader.check("twice", names).passed_all


def test_a_bundle_made_again_is_the_same(folder: Path, assignment: Assignment) -> None:
    before = (folder / "autograder.zip").read_bytes()
    otter.bundle(assignment, folder)
    assert (folder / "autograder.zip").read_bytes() == before


def test_each_notebook_has_a_zip_where_an_assignment_has_several(tmp_path: Path) -> None:
    root = tmp_path / "course"
    made_course(root)
    for number, asked in enumerate(QUESTIONS, 1):
        content = notebook([code_cell("setup", "import allclose"), *question_cells(asked)])
        (root / "source" / LAB / f"part{number}.ipynb").write_text(json.dumps(content))
    (root / "source" / LAB / f"{LAB}.ipynb").unlink()
    written = otter.bundle(course.load(root, LAB), tmp_path / "bundle")
    archives = [path for path in written if path.suffix == ".zip"]
    assert [path.name for path in archives] == ["part1-autograder.zip", "part2-autograder.zip"]
    tests = [[name for name in zipfile.ZipFile(path).namelist() if name.count("/") == 1] for path in archives]
    own = [[name for name in names if name.startswith("tests/")] for names in tests]
    assert own == [["tests/twice.py"], ["tests/third-part.py"]]


def test_an_assignment_without_a_suite_is_refused(tmp_path: Path) -> None:
    made_course(tmp_path)
    shutil.rmtree(tmp_path / "autograder")
    with pytest.raises(InteropError, match="no hidden suite"):
        otter.bundle(course.load(tmp_path, LAB), tmp_path / "bundle")


def test_a_data_file_that_would_take_the_place_of_ours_is_refused(tmp_path: Path) -> None:
    made_course(tmp_path)
    (tmp_path / "source" / LAB / "requirements.txt").write_text("numpy")
    with pytest.raises(InteropError, match=r"requirements\.txt: a bundle has a file of this name"):
        otter.bundle(course.load(tmp_path, LAB), tmp_path / "bundle")


def test_without_otter_one_line_says_what_to_install(assignment: Assignment, tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
sys.modules["otter"] = None
from allclose import course
from allclose.errors import InteropError
from allclose.interop.bundles import otter
try:
    otter.bundle(course.load(Path({str(assignment.root)!r}), {LAB!r}), Path({str(tmp_path)!r}))
except InteropError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "otter-grader is not installed: pip install 'allclose[otter]'\n"

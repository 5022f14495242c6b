"""The zip for Gradescope, end to end: unpacked as Gradescope lays out its container, built by its setup.sh, and run.

The container stands in a folder of its own. Where root runs the tests, most submissions are graded with the rights that
Docker leaves a container's root: no namespaces and no mounts, so that the sandbox has to do with less.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import allclose
from allclose import course as courses
from allclose.cli.container import main
from allclose.interop.bundles.gradescope import bundle
from allclose.model import Tier
from allclose.notebook.splice import blank, solved
from allclose.sandbox.isolation import has_second_wall
from tests.gradescope import read_form, read_results

TEMPLATE = Path(allclose.__file__).parent / "cli" / "template"
GUIDE = Path(__file__).parents[1] / "assets" / "nbgrader-guide"
DOCKER = [sys.executable, str(Path(__file__).parents[1] / "docker_rights.py")]
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
SYSTEM_PYTHON = Path("/usr/bin") / VERSION
#: Whether student code gets a user of its own: root runs the tests, and everybody can reach this Python.
STEPS_DOWN = os.geteuid() == 0 and SYSTEM_PYTHON.exists()
LIMITS = "cell_seconds = 1.0\ntest_seconds = 1.0\nsubmission_seconds = 20.0\n"
#: An answer that tries what a student with a free weekend would, and is right where all of it was refused.
HOSTILE = """
import os, signal, socket
root, port = {root!r}, {port}
got = {{}}

def attempt(name, action):
    try:
        found = action()
    except OSError:
        return
    if found != b"":  # what a process of the kernel's own shows
        got[name] = repr(found)[:100]

def belongs_to_others(pid):
    try:
        return os.stat(f"/proc/{{pid}}").st_uid != os.getuid()
    except OSError:
        return False

attempt("hidden tests", lambda: os.listdir(root + "/source"))
attempt("suite", lambda: open(root + "/source/course/autograder/example/test_example.py").read())
attempt("secret", lambda: open(root + "/source/course/.allclose/secret").read())
attempt("results", lambda: open(root + "/results/results.json", "w").write("{{}}"))
attempt("results' folder", lambda: os.rename(root + "/results", root + "/results2"))
attempt("other students", lambda: open(root + "/submission_metadata.json").read())
attempt("grader's program", lambda: open(root + "/run_autograder", "a").write("echo"))
attempt("grader's package", lambda: open(root + "/env/pyvenv.cfg", "a").write("x"))
attempt("root", lambda: os.setuid(0))
for pid in filter(belongs_to_others, [int(name) for name in os.listdir("/proc") if name.isdigit()]):
    for name in ("environ", "maps", "mem", "cwd/.", "fd"):
        path = f"/proc/{{pid}}/{{name}}"
        attempt(path, lambda: os.listdir(path) if name in ("fd", "cwd/.") else open(path, "rb").read(1))
    attempt(f"kill {{pid}}", lambda: os.kill(pid, 0))
if {second_wall}:
    attempt("network", lambda: socket.create_connection(("127.0.0.1", port), 1))
    attempt("files of everybody", lambda: open(root + "/run_autograder").read(1))
    attempt("a place to leave something", lambda: open("/tmp/left-" + str(os.getpid()), "w"))
if os.getuid() != 65533:
    got["a user with rights"] = os.getuid()

def standardize(x):
    return (x - x.mean()) / x.std() if not got else sorted(got)
"""


@dataclass(frozen=True)
class Container:
    """Gradescope's layout under a root of ours."""

    root: Path
    course: Path

    def notebook(self, answer: str | None = None) -> str:
        """What a student hands in: the solution, or this answer in its place."""
        notebook = courses.load(self.course, "example").notebooks[0]
        return json.dumps(solved(notebook, {} if answer is None else {"standardize": answer}))

    def run(self, *, as_docker: bool = STEPS_DOWN) -> tuple[int, str, str]:
        """Run the autograder as Gradescope's harness does: exit code, what only staff see, the results as text."""
        results = self.root / "results"
        shutil.rmtree(results, ignore_errors=True)
        results.mkdir()
        command = [*(DOCKER if as_docker else ()), "./run_autograder"]
        done = subprocess.run(
            command,
            cwd=self.root,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "AUTOGRADER_ROOT": str(self.root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        return done.returncode, done.stdout, (results / "results.json").read_text()

    def grade(self, files: dict[str, str], *, as_docker: bool = STEPS_DOWN) -> dict[str, Any]:
        """The results of a submission, which must be as Gradescope wants them."""
        submission = self.root / "submission"
        shutil.rmtree(submission)
        for name, text in files.items():
            path = submission / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        submission.mkdir(exist_ok=True)
        code, told, text = self.run(as_docker=as_docker)
        assert code == 0, told
        return read_results(text)


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    """An image as Gradescope builds it, but that pip finds all but allclose's wheel installed, for want of a network.

    It stands beside the environment of the tests, which lends it its packages by hard links.
    """
    root = Path(tempfile.mkdtemp(prefix="gradescope-", dir=sys.prefix))
    try:
        root.chmod(0o755)
        course = root / "instructor"
        shutil.copytree(TEMPLATE, course)
        (course / "autograder" / "example" / "limits.toml").write_text(LIMITS)
        (archive,) = bundle(courses.load(course, "example"), root / "bundles")
        _unpack(archive, root / "source")
        shutil.copy(root / "source" / "run_autograder", root)
        (root / "submission").mkdir()
        (root / "submission_metadata.json").write_text('{"users": [{"email": "s001@example.org"}]}')
        _lend_packages(root / "env")
        _build_image(root)
        yield Container(root, course)
    finally:
        shutil.rmtree(root)


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        for info in file.infolist():
            Path(file.extract(info, folder)).chmod(info.external_attr >> 16 & 0o777)


def _lend_packages(env: Path) -> None:
    python = SYSTEM_PYTHON if SYSTEM_PYTHON.exists() else Path(sys.base_prefix) / "bin" / VERSION
    subprocess.run([python, "-m", "venv", "--without-pip", env], check=True)
    packages = env / "lib" / VERSION / "site-packages"
    source = next(Path(place) for place in sys.path if place.startswith(sys.prefix) and place.endswith("site-packages"))
    for here, folders, names in os.walk(source):
        folders[:] = [name for name in folders if not name.startswith("allclose")]
        place = packages / Path(here).relative_to(source)
        place.mkdir(exist_ok=True)
        for name in names:
            if "allclose" not in name:
                with contextlib.suppress(FileNotFoundError):  # other tests compile what they import, and rename it
                    os.link(f"{here}/{name}", place / name)


def _build_image(root: Path) -> None:
    """Run setup.sh as `docker build` does; pip has no index to ask."""
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "AUTOGRADER_ROOT": str(root), "PIP_NO_INDEX": "1"}
    env |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(
        ["bash", "source/setup.sh"], cwd=root, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Successfully installed allclose-" in done.stdout
    assert "the solution gets 10 of 10 at isolation tier" in done.stdout
    installed = root / "env" / "lib"
    assert list(installed.glob("python*/site-packages/allclose/cli/container.py"))


def test_the_image_keeps_what_is_hidden_for_root(container: Container) -> None:
    assert stat.S_IMODE((container.root / "source").stat().st_mode) & 0o077 == 0
    assert stat.S_IMODE((container.root / "env").stat().st_mode) & 0o055 == 0o055


def test_a_good_submission_gets_all_points_at_the_best_tier_there_is(container: Container) -> None:
    found = container.grade({"example.ipynb": container.notebook()}, as_docker=False)
    assert found["score"] == 10.0
    assert sum(test["max_score"] for test in found["tests"]) == 10.0
    assert {test["status"] for test in found["tests"]} == {"passed"}
    assert {test["visibility"] for test in found["tests"]} == {"visible"}
    assert [test["number"] for test in found["tests"]] == ["1.1", "1.2", "1.3"]
    assert found["stdout_visibility"] == "hidden"
    assert "Graded by hand, and not in this score: think (2)." in found["output"]
    assert f"Isolation: {Tier.STRONG}." in found["output"]


def test_a_partly_right_one_gets_its_part_and_is_told_of_its_mistake(container: Container) -> None:
    path = container.course / "autograder" / "example" / "misconceptions" / "standardize--variance.py"
    found = container.grade({"downloads/example (1).ipynb": container.notebook(path.read_text())})
    lost, *_, kept = found["tests"]
    assert (found["score"], lost["score"], kept["score"]) == (2.0, 0.0, 2.0)
    assert lost["output"].startswith("Divides by the variance.")
    assert lost["extra_data"]["misconception"] == "standardize--variance"
    assert "downloads/example (1).ipynb is taken for example.ipynb" in found["output"]


def test_a_blank_one_gets_nothing(container: Container) -> None:
    notebook = courses.load(container.course, "example").notebooks[0]
    found = container.grade({"example.ipynb": json.dumps(blank(notebook))})
    assert found["score"] == 0.0
    assert {test["status"] for test in found["tests"]} == {"failed"}


@pytest.mark.parametrize(
    ("answer", "score"),
    [
        pytest.param("import os\nos._exit(0)", 0.0, id="ends its process in a cell"),
        pytest.param("while True:\n    pass", 0.0, id="runs for ever in a cell"),
        pytest.param("def standardize(x):\n    import os\n    os.abort()", 0.0, id="aborts in a test"),
        pytest.param("import os, signal\nos.kill(os.getppid(), signal.SIGKILL)", 0.0, id="kills its parent"),
    ],
)
def test_one_that_crashes_costs_itself_its_points_and_still_has_results(
    container: Container, answer: str, score: float
) -> None:
    found = container.grade({"example.ipynb": container.notebook(answer)})
    assert found["score"] == score
    assert sum(test["max_score"] for test in found["tests"]) == 10.0


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param({"example.ipynb": '{"cells": ['}, "is not JSON", id="cut off"),
        pytest.param({}, "no example.ipynb was handed in", id="empty"),
    ],
)
def test_one_that_cannot_be_read_has_no_points_and_is_told_why(
    container: Container, files: dict[str, str], told: str
) -> None:
    found = container.grade(files)
    assert found["score"] == 0.0
    assert told in found["output"]
    assert sum(test["max_score"] for test in found["tests"]) == 10.0


def test_without_namespaces_student_code_still_gets_at_nothing(container: Container) -> None:
    if not STEPS_DOWN:  # then student code would be as strong as the grader, and nothing is graded
        code, said, text = container.run(as_docker=True)
        assert_not_graded(code, text)
        assert "student code would run as the user that holds the hidden tests" in said
        return
    with socket.create_server(("127.0.0.1", 0)) as outside:
        port = outside.getsockname()[1]
        answer = HOSTILE.format(root=str(container.root), port=port, second_wall=has_second_wall())
        found = container.grade({"example.ipynb": container.notebook(answer)}, as_docker=True)
    assert "Isolation: none." in found["output"]
    assert found["score"] == 10.0, "an attempt went through"


def test_a_tier_that_is_not_good_enough_for_the_instructor_is_never_used(container: Container) -> None:
    script = container.root / "run_autograder"
    kept = script.read_text()
    script.write_text(kept.replace("tiers=(strong basic none)", "tiers=(strong basic)"))
    try:
        code, told, text = container.run(as_docker=True)
    finally:
        script.write_text(kept)
    assert_not_graded(code, text)
    assert "isolation 'strong' stopped at" in told
    assert "none of strong, basic can be had in this container" in told


def test_a_fault_of_ours_is_no_zero(container: Container) -> None:
    suite = container.root / "source" / "course" / "autograder" / "example" / "test_example.py"
    kept = suite.read_text()
    suite.write_text("def broken(:\n")
    try:
        code, told, text = container.run()
    finally:
        suite.write_text(kept)
    assert_not_graded(code, text)
    assert "SuiteError" in told


def test_a_run_that_takes_too_long_is_ended_before_gradescope_makes_a_zero_of_it(container: Container) -> None:
    script = container.root / "run_autograder"
    kept = script.read_text()
    script.write_text(kept.replace("seconds=540", "seconds=0.2"))
    try:
        code, told, text = container.run()
    finally:
        script.write_text(kept)
    assert_not_graded(code, text)
    assert "ended with status 124" in told


def test_an_image_without_a_grader_leaves_results_too(container: Container) -> None:
    env = container.root / "env"
    env.rename(container.root / "gone")
    try:
        code, told, text = container.run()
    finally:
        (container.root / "gone").rename(env)
    assert_not_graded(code, text)
    assert "ended with status 127" in told


def test_an_assignment_of_two_notebooks_without_a_suite_is_graded_by_nbgraders_rules(tmp_path: Path) -> None:
    course = tmp_path / "course"
    shutil.copytree(GUIDE, course)
    (course / "nbgrader_config.py").write_text(
        'c = get_config()\nc.IncludeHeaderFooter.header = "source/header.ipynb"\n'
    )
    assignment = courses.load(course, "ps1")
    (archive,) = bundle(assignment, tmp_path / "bundles")
    _unpack(archive, tmp_path / "source")
    first, second = assignment.notebooks
    for name, notebook in (("deep/er/my own name.ipynb", first), (f"{second.name}.ipynb", second)):
        path = tmp_path / "submission" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(solved(notebook)))
    code = main([str(tmp_path), "ps1", "--isolation", "strong", "--visibility", "after_due_date"])
    assert code == 0
    found = read_results((tmp_path / "results" / "results.json").read_text())
    asked = assignment.questions
    assert [test["max_score"] for test in found["tests"]] == [question.points for question in asked]
    assert found["score"] == sum(question.points for question in asked) > 0
    assert found["visibility"] == "after_due_date"


def assert_not_graded(code: int, text: str) -> None:
    """There is no number that Gradescope could take for the student's."""
    found = read_form(text)
    assert code != 0
    assert "not graded" in found["output"]
    assert "score" not in found and "tests" not in found

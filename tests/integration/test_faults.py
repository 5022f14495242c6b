"""Faults of ours in the middle of a run: nothing lost, nothing turned into a zero, and a rerun finishes the work."""

from __future__ import annotations

import ast
import dataclasses
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import allclose
from allclose.cli.classroom import grade_into_gradebook
from allclose.course import load
from allclose.errors import InteropError
from allclose.grading.batch import Batch, Options, grade_class
from allclose.grading.engine import Engine
from allclose.interop import database
from allclose.model import Grade, Status, Submission, Tier, Verdict
from allclose.notebook.splice import blank, solved
from allclose.suite.host import MAX_JOBS
from tests.processes import PATIENCE_SECONDS, kill_one, left, of_role, started_by, wait_until
from tests.suited_course import SEED, Asked, hand_in, write_course

LAB = "lab"
STUDENTS = 40
KILLS = ("zygote", "host", "worker", "child", "parent") * 4
ALLCLOSE = [sys.executable, "-c", "from allclose.cli import main; main()"]
OPTIONS = Options(isolation=Tier.BASIC)
QUESTIONS = [
    Asked("double", "def double(x):\n    return 2 * x", 2),
    Asked("triple", "def triple(x):\n    return double(x) + x", 3),
]
SUITE = """
from allclose import agree, grade
from solutions import lab as reference


@grade("double", points=2)
def test_double(submission, rng):
    x = rng.normal(size=4)
    agree(submission.double(x), reference.double(x))


@grade("triple", points=3)
def test_triple(submission, rng):
    x = rng.normal(size=4)
    agree(submission.with_reference("double").triple(x), reference.triple(x))
"""
SLOW = "import time\ntime.sleep(0.2)\nprint('slow')\ndef double(x):\n    time.sleep(0.2)\n    return 2 * x"
ANSWERS: list[dict[str, str]] = [
    {"double": SLOW},
    {},
    {"triple": "import time\ndef triple(x):\n    time.sleep(0.2)\n    return x"},
    {"double": "import os\nos._exit(0)"},
]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_course(tmp_path_factory.mktemp("made"), LAB, QUESTIONS, SUITE)
    (notebook,) = load(root, LAB).notebooks
    for number in range(STUDENTS - 2):
        hand_in(root, f"s{number:02}", LAB, solved(notebook, ANSWERS[number % len(ANSWERS)]))
    hand_in(root, "blank", LAB, blank(notebook))
    hand_in(root, "broken", LAB, b"{")
    return root


@pytest.fixture(scope="module")
def whole(made: Path) -> dict[str, Any]:
    """What an undisturbed run says of everybody."""
    root = made.with_name("whole")
    shutil.copytree(made, root)
    batch = grade_class(load(root, LAB), root / "submitted", OPTIONS, lambda _: None)
    shutil.copytree(root / ".allclose", made / ".allclose", ignore=shutil.ignore_patterns(LAB))  # the same secret
    return told(batch)


@pytest.fixture
def root(made: Path, whole: dict[str, Any], tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "course")
    return tmp_path / "course"


def told(batch: Batch) -> dict[str, Any]:
    """Everybody's grade, without what a clock says."""
    return {grade.student: dataclasses.replace(grade, seconds=0.0) for grade in batch.grades}


def results(root: Path) -> int:
    return len(list((root / ".allclose" / LAB / "results").glob("*.json")))


def grading(root: Path) -> list[str]:
    return [*ALLCLOSE, "grade", LAB, "--course", str(root), "--isolation", "basic"]


def again(root: Path) -> dict[str, Any]:
    return told(grade_into_gradebook(load(root, LAB), root / "submitted", OPTIONS, lambda _: None))


def undo_some(root: Path) -> None:
    """Take away some of a finished run's results, so that the next run has work to be killed at."""
    for result in sorted((root / ".allclose" / LAB / "results").glob("*.json"))[: STUDENTS // 2]:
        result.unlink()


def wait_for_results(root: Path, running: subprocess.Popen[bytes], enough: int) -> None:
    assert wait_until(lambda: running.poll() is not None or results(root) >= enough)


def wait_and_kill(running: subprocess.Popen[bytes], role: str) -> bool:
    """Kill a process of a role as soon as there is one; False where the run came to its end before."""
    if role == "parent":
        running.kill()
        return running.wait() < 0
    assert wait_until(lambda: running.poll() is not None or kill_one(running.pid, role))
    return running.poll() is None


def test_twenty_kills_at_random_moments_change_no_grade(root: Path, whole: dict[str, Any]) -> None:
    chance = random.Random(4)  # an order without two children in a row: the second kill of one submission counts
    kills = chance.sample(KILLS, len(KILLS))
    running: subprocess.Popen[bytes] | None = None
    started: set[tuple[int, int]] = set()
    done = 0
    while done < len(kills):
        if running is None:
            running = subprocess.Popen(grading(root), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        wait_for_results(root, running, done + done // 2)
        time.sleep(chance.uniform(0, 0.3))
        started |= started_by(running.pid)
        killed = wait_and_kill(running, kills[done])
        if not killed or kills[done] == "parent":
            _, err = running.communicate()
            # On a slow machine a run can be through first, and 1 says that two kills met one submission.
            assert killed or running.returncode in (0, 1), err
            running = None
        if not killed:
            undo_some(root)
        done += killed
    if running is not None:
        _, err = running.communicate(timeout=PATIENCE_SECONDS)
        assert running.returncode in (0, 1), err
    assert again(root) == whole
    assert wait_until(lambda: not left(started)), f"left behind: {left(started)}"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    root = write_course(tmp_path, LAB, QUESTIONS, SUITE)
    with Engine(load(root, LAB), tier=Tier.BASIC, device="cpu", seed=SEED) as warm:
        yield warm


def grade(engine: Engine, **answers: str) -> Grade:
    return engine.grade(Submission("s001", {LAB: solved(engine.assignment.notebooks[0], answers)}, {}, {}))


@contextmanager
def killing(role: str, times: int, pause_seconds: float = 0.0) -> Iterator[list[int]]:
    """Kill so many processes of a role, each as soon as it is there for a while; a list that grows with each kill."""
    killed: list[int] = []
    over = threading.Event()

    def kill() -> None:
        while len(killed) < times and not over.is_set():
            for pid in of_role(os.getpid(), role):
                if pid not in killed and not over.wait(pause_seconds) and kill_one(os.getpid(), role):
                    killed.append(pid)
                    break
            over.wait(0.01)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("role", ["zygote", "host"])
def test_a_side_that_died_between_two_submissions_is_replaced(engine: Engine, role: str) -> None:
    assert kill_one(os.getpid(), role)
    assert grade(engine).score == 5
    assert grade(engine).score == 5


def test_a_resting_worker_that_is_killed_with_a_job_in_its_queue_takes_nobody_with_it(engine: Engine) -> None:
    assert grade(engine).score == 5
    (host,) = of_role(os.getpid(), "host")
    (worker,) = of_role(os.getpid(), "worker")
    os.kill(worker, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        found = pool.submit(grade, engine)
        time.sleep(1.0)  # by then the job is on its way
        os.kill(worker, signal.SIGKILL)
        assert found.result(PATIENCE_SECONDS).score == 5
    assert list(of_role(os.getpid(), "host")) == [host]


def test_workers_that_have_had_their_jobs_go(engine: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert {found.score for found in pool.map(lambda _: grade(engine), range(4 * MAX_JOBS))} == {5}
    assert wait_until(lambda: len(list(of_role(os.getpid(), "worker"))) <= 3)


@pytest.mark.parametrize(("role", "times"), [("zygote", 2), ("host", 2), ("worker", 4), ("child", 1)])
def test_kills_in_the_middle_of_a_submission_cost_nothing(engine: Engine, role: str, times: int) -> None:
    with killing(role, times, 0.1) as killed:
        found = grade(engine, double=SLOW)
    assert (found.status, found.score, found.flags) == (Status.GRADED, 5, ())
    assert len(killed) == times


def test_a_cell_or_test_that_kills_its_process_each_time_pays_for_itself(tmp_path: Path) -> None:
    root = write_course(tmp_path, LAB, QUESTIONS, SUITE)
    with Engine(load(root, LAB), tier=Tier.NONE, device="cpu", seed=SEED) as engine:
        found = grade(engine, double="import os, signal\ndef double(x):\n    os.kill(os.getpid(), signal.SIGKILL)")
        stopped = grade(engine, triple="import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    assert [test.verdict for question in found.questions for test in question.tests] == [
        Verdict.LIMIT,
        Verdict.PASSED,
    ]
    assert [question.score for question in stopped.questions] == [2, 0]
    assert stopped.flags == ("cell-limit: cell 4",)


def test_a_submission_that_kills_the_zygote_each_time_buys_no_fault_of_ours(tmp_path: Path) -> None:
    root = write_course(tmp_path, LAB, QUESTIONS, SUITE)
    killer = "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(5)"
    with Engine(load(root, LAB), tier=Tier.NONE, device="cpu", seed=SEED) as engine:
        graded: list[Grade] = []
        beside = threading.Thread(target=lambda: graded.extend(grade(engine, double=SLOW) for _ in range(3)))
        beside.start()
        found = grade(engine, double=killer)
        beside.join()
        assert (found.status, found.score) == (Status.GRADED, 0)
        assert {test.verdict for question in found.questions for test in question.tests} == {Verdict.PROTOCOL}
        assert [(one.status, one.score) for one in (*graded, grade(engine))] == [(Status.GRADED, 5)] * 4


def test_a_worker_that_dies_for_one_submission_alone_costs_that_test_alone(tmp_path: Path) -> None:
    suite = (
        SUITE
        + "\n\n"
        + """
@grade("double", points=0)
def test_text(submission):
    if submission.double("ab") == "die":
        import os
        os._exit(3)
"""
    )
    root = write_course(tmp_path, LAB, QUESTIONS, suite)
    with Engine(load(root, LAB), tier=Tier.BASIC, device="cpu", seed=SEED) as engine:
        lost = grade(engine, double="def double(x):\n    return 'die' if isinstance(x, str) else 2 * x")
        verdicts = {test.name: test.verdict for question in lost.questions for test in question.tests}
        assert verdicts == {
            "test_double": Verdict.PASSED,
            "test_text": Verdict.PROTOCOL,
            "test_triple": Verdict.PASSED,
        }
        assert grade(engine).score == 5


BROKEN = {
    "a reference that raises": ("def double(x):\n    raise RuntimeError", SUITE),
    "a reference whose assertion fails": ("def double(x):\n    assert False, 'ours'", SUITE),
    "a stand-in that raises": (
        "import numpy as np\ndef double(x):\n    return 2 * x if np.ndim(x) == 1 else 1 / 0",
        SUITE.replace("x = rng.normal(size=4)\n    agree(submission.with", "x = 1.5\n    agree(submission.with"),
    ),
    "a worker that dies for everybody": (
        "def double(x):\n    return 2 * x",
        SUITE.replace("    x = rng", "    import os; os._exit(3)\n    x = rng"),
    ),
}


@pytest.mark.parametrize(("double", "suite"), BROKEN.values(), ids=BROKEN)
def test_what_fails_on_the_solution_too_is_our_fault_and_no_zero(tmp_path: Path, double: str, suite: str) -> None:
    reference = f"{double}\n\n\ndef triple(x):\n    return 3 * x\n"
    root = write_course(tmp_path, LAB, QUESTIONS, suite, reference=reference)
    with Engine(load(root, LAB), tier=Tier.BASIC, device="cpu", seed=SEED) as engine:
        found = [grade(engine), grade(engine, triple="def triple(x):\n    return double(x)")]
    assert [one.status for one in found] == [Status.INFRA] * 2
    assert all(one.reason for one in found)


def test_nonsense_that_a_stand_in_cannot_bear_is_the_students_own(engine: Engine) -> None:
    found = grade(engine, triple="def triple(x):\n    return double('x' + 1j)")
    assert (found.status, found.score) == (Status.GRADED, 2)
    found = grade(engine, triple="def triple(x):\n    return double({})")
    assert (found.status, found.score) == (Status.GRADED, 2)


FULL = """
set -e
mount -t tmpfs -o size=64m tmpfs "$1"
cp -r "$2/." "$1"
dd if=/dev/zero of="$1/filler" bs=1k count=$(($(df --output=avail -k "$1" | tail -1) - $3)) status=none
shift 3
"$@" && exit 90
echo "first $?"
rm "$OLDPWD/filler"
"$@"
"""


@pytest.mark.parametrize("free_kilobytes", [20, 150, 500])
def test_a_full_disk_ends_the_run_in_one_line_and_a_rerun_finishes_it(
    root: Path, whole: dict[str, Any], free_kilobytes: int, tmp_path: Path
) -> None:
    mounted, report = tmp_path / "mounted", tmp_path / "grades.json"
    mounted.mkdir()
    command = [*grading(mounted), "--json", str(report)]
    script = FULL.replace("$OLDPWD", str(mounted))
    unshare = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    done = subprocess.run(
        [*unshare, str(mounted), str(root), str(free_kilobytes), *command], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert "first 2" in done.stdout
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert scores(json.loads(report.read_text())) == expected_scores(whole)


def scores(found: dict[str, Any]) -> dict[str, float]:
    return {each["student"]: each["score"] for each in found["submissions"]}


def expected_scores(whole: dict[str, Any]) -> dict[str, float]:
    return {student: grade.score for student, grade in whole.items()}


def recorded(root: Path) -> dict[str, float]:
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {each.student.id: each.score for each in gradebook.assignment_submissions(LAB)}


@contextmanager
def holding(root: Path) -> Iterator[None]:
    """A formgrader, say, in the middle of a transaction."""
    connection = sqlite3.connect(root / "gradebook.db", isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_a_gradebook_that_is_locked_for_a_while_is_waited_for(root: Path, whole: dict[str, Any]) -> None:
    with holding(root):
        running = subprocess.Popen(grading(root), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        assert wait_until(lambda: results(root) == STUDENTS)
        assert running.poll() is None
    _, err = running.communicate(timeout=PATIENCE_SECONDS)
    assert running.returncode == 0, err
    assert recorded(root) == expected_scores(whole)


def test_a_gradebook_that_stays_locked_is_named_and_results_are_kept(
    root: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    grade_class(load(root, LAB), root / "submitted", OPTIONS, lambda _: None)
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0.1)
    with holding(root), pytest.raises(InteropError, match="another program holds the gradebook"):
        again(root)
    assert results(root) == STUDENTS
    assert again(root) == whole
    assert recorded(root) == expected_scores(whole)


def test_a_gradebook_that_cannot_be_written_is_named_and_results_are_kept(root: Path, whole: dict[str, Any]) -> None:
    grade_class(load(root, LAB), root / "submitted", OPTIONS, lambda _: None)
    sqlite3.connect(root / "gradebook.db").execute("VACUUM")
    script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    unshare = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh"]
    (root / "gradebook.db").touch()
    done = subprocess.run(
        [*unshare, str(root / "gradebook.db"), *grading(root)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "give write permission" in done.stderr
    assert done.stderr.count("\n") == 1
    assert again(root) == whole
    assert recorded(root) == expected_scores(whole)


def test_a_clock_that_jumps_changes_nothing(root: Path, whole: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    jumps = itertools.cycle([0.0, 1e9, -1e9, 1e5, -3.0])
    monkeypatch.setattr(time, "time", lambda real=time.time: real() + next(jumps))
    assert again(root) == whole


def test_no_decision_about_a_submission_reads_the_wall_clock() -> None:
    package = Path(allclose.__file__).parent
    readers = {
        path.relative_to(package).as_posix()
        for layer in ("sandbox", "suite", "grading", "notebook", "numerics")
        for path in (package / layer).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and ast.unparse(node) in ("time.time", "time.time_ns", "datetime.now", "datetime.utcnow")
    }
    assert readers == set()

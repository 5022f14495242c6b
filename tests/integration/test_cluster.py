"""A class on a Dask cluster of real processes: workers die, join late, are of another version; a scheduler restarts."""

from __future__ import annotations

import gc
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from dask.config import set as dask_settings
from distributed import Client

import allclose
from allclose import course
from allclose.errors import CourseError
from allclose.grading import cluster
from allclose.grading.batch import Batch, Event, Options, grade_class
from allclose.model import Assignment, Status, Tier
from allclose.notebook.splice import solved
from tests.dask import DaskCluster, kill
from tests.suited_course import Asked, hand_in, write_course

LAB = "lab"
SUITE = """
from allclose import agree, grade


@grade("double", points=4)
def test_double(submission, rng):
    numbers = rng.normal(size=8)
    agree(submission.double(numbers), 2 * numbers)
"""
ASKED = Asked("double", "def double(x):\n    return 2 * x", 4)
STUDENTS = [f"s{number:03}" for number in range(1, 41)]


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    root = write_course(tmp_path / "course", LAB, [ASKED], SUITE)
    made = course.load(root, LAB)
    for number, student in enumerate(STUDENTS):
        answer = {} if number % 3 else {"double": "def double(x):\n    return 3 * x"}
        hand_in(root, student, LAB, solved(made.notebooks[0], answer))
    return made


@pytest.fixture
def dask(tmp_path: Path) -> Iterator[DaskCluster]:
    folder = tmp_path / "dask"
    folder.mkdir()
    cluster = DaskCluster(folder)
    try:
        cluster.start_scheduler()
        yield cluster
    finally:
        cluster.stop()


def grade(assignment: Assignment, dask: DaskCluster, watch: object = None, *, force: bool = False) -> Batch:
    options = Options(Tier.STRONG, cluster=dask.address, force=force)
    return grade_class(assignment, assignment.root / "submitted", options, watch or (lambda event: None))  # type: ignore[arg-type]


def assert_all_graded(batch: Batch) -> None:
    assert [each.student for each in batch.grades] == STUDENTS
    assert {each.status for each in batch.grades} == {Status.GRADED}
    assert [each.score for each in batch.grades] == [4.0 if number % 3 else 0.0 for number in range(len(STUDENTS))]
    assert {each.isolation for each in batch.grades} == {Tier.STRONG}


def test_a_worker_that_dies_and_one_that_joins_late_lose_nobody(assignment: Assignment, dask: DaskCluster) -> None:
    first = dask.start_worker("first")
    told: list[str] = []

    def watch(event: Event) -> None:
        told.append(event.grade.student)
        if event.done == 5:
            dask.start_worker("late")
            kill(first)

    assert_all_graded(grade(assignment, dask, watch))
    assert sorted(told) == STUDENTS
    assert grade(assignment, dask).reused == len(STUDENTS)


def test_a_worker_gets_the_bundle_once_however_often_its_class_is_graded(
    assignment: Assignment, dask: DaskCluster
) -> None:
    for name in ("first", "second"):
        dask.start_worker(name)
    for number, force in enumerate([False, True, True]):
        if number == 2:  # nothing of the lab has changed, but the course lies elsewhere
            assignment = course.load(assignment.root.rename(assignment.root.with_name("moved")), LAB)
        assert_all_graded(grade(assignment, dask, force=force))
    for name in ("first", "second"):
        assert (dask.folder / f"{name}.log").read_text().count("allclose: ready to grade lab, from a bundle of") == 1


def test_a_worker_that_cannot_isolate_is_refused_with_its_reason(assignment: Assignment, dask: DaskCluster) -> None:
    without = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    dask.start_worker("open", prefix=("unshare", "--user", "--map-root-user", "sh", "-c", without, "sh"))
    with pytest.raises(
        CourseError, match=r"none of the cluster's 1 workers can be used: .*isolation 'strong' stopped at"
    ):
        grade(assignment, dask)


def test_over_tls_whoever_has_no_certificate_stays_out(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=tests"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    comm = {"require-encryption": True, "tls.ca-file": str(certificate)}
    for who in ("scheduler", "worker", "client"):
        comm |= {f"tls.{who}.key": str(key), f"tls.{who}.cert": str(certificate)}
    for name, value in comm.items():
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__{name.upper().replace('.', '__').replace('-', '_')}", str(value))
    dask = DaskCluster(tmp_path, protocol="tls")
    try:
        dask.start_scheduler()
        dask.start_worker("first")
        monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 2)
        with pytest.raises(CourseError, match="no Dask scheduler answers there"):
            grade(assignment, dask)
        with dask_settings({f"distributed.comm.{name}": value for name, value in comm.items()}):
            assert_all_graded(grade(assignment, dask))
    finally:
        dask.stop()


def test_a_scheduler_that_is_started_anew_loses_nobody(assignment: Assignment, dask: DaskCluster) -> None:
    dask.start_worker("first")
    scheduler = dask.started[0]

    def watch(event: Event) -> None:
        if event.done == 5:
            kill(scheduler)
            dask.start_scheduler()
            dask.start_worker("second")

    assert_all_graded(grade(assignment, dask, watch))


def test_a_worker_of_another_version_is_refused_and_the_others_grade(assignment: Assignment, dask: DaskCluster) -> None:
    other = dask.folder / "other" / "allclose"
    shutil.copytree(Path(allclose.__file__).parent, other, ignore=shutil.ignore_patterns("__pycache__"))
    with (other / "numerics" / "compare.py").open("a") as file:
        file.write("# another version\n")
    dask.start_worker("other", PYTHONPATH=str(other.parent))
    with pytest.raises(CourseError, match=r"can be used: it has other versions: allclose .* install the same there"):
        grade(assignment, dask)
    dask.start_worker("same")
    dask.wait_for("same")
    batch = grade(assignment, dask)
    assert_all_graded(batch)
    assert ["other versions: allclose" in line for line in batch.refused] == [True]


def test_an_address_without_a_scheduler_is_named(
    assignment: Assignment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    with pytest.raises(CourseError, match=r"--cluster tcp://127.0.0.1:9: no Dask scheduler answers there"):
        grade(assignment, DaskCluster(tmp_path, port=9))


@pytest.mark.parametrize("address", ["tls://127.0.0.1:9", "nobodys-protocol://127.0.0.1:9"])
def test_a_client_that_cannot_connect_is_gone_at_once(address: str) -> None:
    with pytest.raises(CourseError, match="no Dask scheduler answers there"):
        cluster._connect(address)
    left = [each for each in gc.get_objects() if type(each) is Client and each.status != "closed"]
    assert not left, "Dask would wait for itself if it collected such a client while it makes another"

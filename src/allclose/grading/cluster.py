"""A class on many machines, by Dask: submissions go out, grades come back, nothing else does.

A worker gets the course's files once, when it is first seen, keeps both warm sides of the engine for them, and is asked
for one submission at a time. It has to run the very code and versions that run here, and to give the isolation tier:
Dask unpickles what it is sent, so student code must never reach it. One that cannot is refused, and the others go on.
Results are stored and written to the gradebook by the caller alone, so a submission that is graded twice, because a
worker died after grading it, still counts once.
"""

from __future__ import annotations

import concurrent.futures
import functools
import gc
import logging
import queue
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future as LocalFuture
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from allclose.course.files import course_files
from allclose.errors import CourseError, SandboxError
from allclose.grading.fingerprint import versions
from allclose.grading.store import digest
from allclose.grading.worker import Bundle, Unknown, grade_there, holds, receive
from allclose.model import Assignment, Grade, Submission, Tier

if TYPE_CHECKING:
    from distributed import Client, Future

    Reply: TypeAlias = Future[Grade]

#: Submissions on their way or waiting at a worker, for each of its threads: the next one is there when one is done.
_IN_FLIGHT = 2
#: How often newcomers are looked for, and how long the run waits where there is no worker at all.
_LOOK_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0
#: How often one submission may lose its workers before the run ends.
_LOSSES = 3
_CONNECT_SECONDS = 10
#: Submissions that are sent in one message, at most.
_TOGETHER = 64
#: How long results that are ready may take to come over.
_FETCH_SECONDS = 120.0
#: What Dask raises, besides its own errors, between two connections.
_DISCONNECTED = (OSError, RuntimeError, AttributeError, concurrent.futures.CancelledError)


def bundle_of(
    assignment: Assignment, fixed: Mapping[str, bytes], tier: Tier, device: str, seed: bytes, extra: Sequence[str]
) -> Bundle:
    """Pack an assignment for the workers; `fixed` is its fingerprint here."""
    if tier is not Tier.STRONG:
        raise CourseError("--cluster needs --isolation strong: a worker unpickles what it is sent")
    files = {place: path.read_bytes() for place, path in course_files(assignment).items()}
    name = digest({**fixed, "extra": msgspec.json.encode(extra)})
    return Bundle(name, assignment.name, files, seed, tier, device, tuple(extra), versions())


def grade_on_cluster(
    address: str,
    bundle: Bundle,
    submissions: Mapping[str, Callable[[], Submission]],
    tell_refused: Callable[[str], None],
) -> Iterator[tuple[Submission, Grade]]:
    """Grade submissions on the workers of a Dask cluster, as they come and go.

    Parameters
    ----------
    address : str
        The scheduler's, such as `tcp://10.0.0.1:8786` or `tls://…`; certificates come from Dask's own configuration.
    bundle : Bundle
        What the workers need.
    submissions : mapping of str to callable
        For each student what reads the submission; called just before it goes out.
    tell_refused : callable
        Told once of each worker that cannot be used, and why.

    Yields
    ------
    Submission, Grade
        In the order in which they are finished.

    Raises
    ------
    CourseError
        If there is no scheduler at the address, or Dask is not installed.
    SandboxError
        If the scheduler is lost, or there is no worker that can be used.
    """
    run = _Run(address, bundle, tell_refused)
    try:
        yield from run.grade(submissions)
    finally:
        run.close()


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError:
        raise CourseError('--cluster needs Dask: pip install "allclose[cluster]"') from None
    _quiet()
    try:
        return Client(address, set_as_default=False, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError, TypeError) as error:
        reason = str(error)
    # A client that did not get through closes as it is collected. In the middle of another one's start, which holds a
    # lock that closing needs, this thread would wait for itself for ever.
    gc.collect()
    raise CourseError(
        f"--cluster {address}: no Dask scheduler answers there ({reason}); start one (dask scheduler) and name it"
    )


def _quiet() -> None:
    """Dask logs every lost connection with a traceback; what matters of it is said by us."""
    for name in ("distributed.client", "distributed.core", "distributed.comm", "distributed.batched"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A submission on its way, and who may grade it."""

    student: str
    submission: Submission
    workers: frozenset[str]
    reply: Reply


class _Run:
    """One class on one cluster."""

    def __init__(self, address: str, bundle: Bundle, tell_refused: Callable[[str], None]) -> None:
        self._address = address
        self._client = _connect(address)
        self._bundle = bundle
        self._tell_refused = tell_refused
        self._name = secrets.token_hex(4)
        self._threads: dict[str, int] = {}
        self._asked: set[str] = set()
        self._asking: LocalFuture[None] | None = None
        self._looked = 0.0
        self._lonely_since = time.monotonic()
        self._done: queue.SimpleQueue[Reply] = queue.SimpleQueue()
        self._flying: dict[str, _Sent] = {}
        self._losses: Counter[str] = Counter()
        self._refused: dict[str, str] = {}

    def grade(self, submissions: Mapping[str, Callable[[], Submission]]) -> Iterator[tuple[Submission, Grade]]:
        waiting = deque(submissions)
        with ThreadPoolExecutor(1, thread_name_prefix="cluster") as beside:
            while waiting or self._flying:
                self._look_round(beside)
                self._send(waiting, submissions)
                done = list(self._finished())
                waiting.extend(sent.student for sent, grade in done if grade is None)
                self._send(waiting, submissions)  # before whoever takes the grades is busy with them
                yield from ((sent.submission, grade) for sent, grade in done if grade is not None)

    def close(self) -> None:
        """Leave the cluster; what is still on its way there is dropped."""
        self._client.close()

    def _send(self, waiting: deque[str], submissions: Mapping[str, Callable[[], Submission]]) -> None:
        """Send out as many as there is room for, in few messages: each costs the scheduler two milliseconds."""
        room = _IN_FLIGHT * sum(self._threads.values()) - len(self._flying)
        workers = list(self._threads)
        while (number := min(room, len(waiting), _TOGETHER)) > 0:
            students = [waiting.popleft() for _ in range(number)]
            read = [submissions[student]() for student in students]
            keys = [f"allclose-{self._name}-{secrets.token_hex(8)}" for _ in students]
            again = [self._bundle.digest] * number
            try:
                replies = self._client.map(grade_there, again, read, key=keys, pure=False, workers=workers)
            except _DISCONNECTED:
                waiting.extendleft(reversed(students))
                self._lose_sight()
                return
            for student, submission, key, reply in zip(students, read, keys, replies, strict=True):
                self._flying[key] = _Sent(student, submission, frozenset(workers), reply)
                reply.add_done_callback(self._done.put)
            room -= number

    def _finished(self) -> Iterator[tuple[_Sent, Grade | None]]:
        """What comes back within a moment; None for the grade where the submission has to go out again."""
        replies = []
        try:
            replies.append(self._done.get(timeout=_LOOK_SECONDS if self._threads else _LOOK_SECONDS / 10))
            while True:
                replies.append(self._done.get_nowait())
        except queue.Empty:
            pass
        ended = {str(reply.key): reply for reply in replies if reply.key in self._flying}
        grades = self._fetch({key: reply for key, reply in ended.items() if reply.status == "finished"})
        for key, reply in ended.items():
            sent = self._flying.pop(key)
            if key not in grades:
                self._look_into(sent.student, reply)
            yield sent, grades.get(key)

    def _fetch(self, ready: Mapping[str, Reply]) -> Mapping[str, Grade | None]:
        """Grades that are ready, in one message; None for those that were lost with their worker or the scheduler."""
        if not ready:
            return {}
        fetch = functools.partial(self._client.gather, dict(ready), errors="skip", asynchronous=True)
        try:
            fetched: Mapping[str, Grade | None] = self._client.sync(fetch, callback_timeout=_FETCH_SECONDS)
        except _DISCONNECTED:
            self._lose_sight()
            return dict.fromkeys(ready)
        return fetched

    def _lose_sight(self) -> None:
        """Send nothing before the workers are seen again."""
        self._threads, self._asked, self._looked = {}, set(), 0.0

    def _look_into(self, student: str, future: Reply) -> None:
        """Find out why there is no grade; ends the run where another try would be no better."""
        from distributed import KilledWorker

        if future.status != "error":  # it went with the scheduler that knew of it, or was cancelled by us
            return
        error = future.exception()
        if isinstance(error, Unknown):
            self._asked.clear()
            return
        self._losses[student] += 1
        if isinstance(error, KilledWorker) and self._losses[student] < _LOSSES:
            return
        raise SandboxError(
            f"the cluster's workers fail at the submission of '{student}' ({type(error).__name__}: {error}); finished "
            "results are kept: look at the workers' logs and run again"
        )

    def _look_round(self, beside: ThreadPoolExecutor) -> None:
        """Forget the workers that left, and ask newcomers, beside the work, whether they can be used."""
        if self._asking is not None and self._asking.done():
            asking, self._asking = self._asking, None
            asking.result()
        if time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        present = self._present()
        self._asked &= present.keys()
        self._threads = {worker: threads for worker, threads in self._threads.items() if worker in present}
        for sent in list(self._flying.values()):
            if sent.workers.isdisjoint(present):  # nobody is left who may do it
                sent.reply.cancel()
        newcomers = {worker: threads for worker, threads in present.items() if worker not in self._asked}
        if newcomers and self._asking is None:
            self._asked |= newcomers.keys()
            self._asking = beside.submit(self._ask, newcomers)
        if self._threads or self._asking is not None:
            self._lonely_since = self._looked
        elif present and present.keys() <= self._refused.keys():
            reasons = "; ".join(dict.fromkeys(self._refused[worker] for worker in present))
            raise CourseError(f"none of the cluster's {len(present)} workers can be used: {reasons}")
        elif self._looked - self._lonely_since > _PATIENCE_SECONDS:
            lost = "scheduler" if self._client.status == "closed" else "worker"
            raise SandboxError(
                f"the cluster has had no {lost} for {_PATIENCE_SECONDS:.0f} s; finished results are kept: start the "
                f"{lost} again (dask {lost}) and run the command again"
            )

    def _present(self) -> dict[str, int]:
        """The cluster's workers and their threads; none while the scheduler is away."""
        try:
            if self._client.status == "closed":
                self._client = _connect(self._address)
            workers = self._client.scheduler_info(n_workers=-1)["workers"]
        except (*_DISCONNECTED, CourseError):
            return {}
        return {worker: about["nthreads"] for worker, about in workers.items()}

    def _ask(self, newcomers: Mapping[str, int]) -> None:
        """Find out who can be used; the bundle goes to those that do not have it from an earlier run or connection."""
        replies = self._call(holds, self._bundle.digest, newcomers)
        without = [worker for worker in newcomers if replies.get(worker) is False]
        if without:
            replies |= self._call(receive, self._bundle, without)
        for worker, threads in newcomers.items():
            reply = replies.get(worker)
            if reply is True or reply == "":
                self._threads = {**self._threads, worker: threads}
            elif reply is None or isinstance(reply, OSError):  # it left meanwhile, or we lost the scheduler
                self._asked.discard(worker)
            else:
                self._refused[worker] = reply if isinstance(reply, str) else _fault(reply)
                self._tell_refused(f"worker {worker} is not used: {self._refused[worker]}")

    def _call(self, function: Callable[..., object], given: object, workers: Iterable[str]) -> dict[str, object]:
        """What a function says on each of some workers: its result, or the error that it ended with."""
        try:
            replies: dict[str, object] = self._client.run(function, given, workers=list(workers), on_error="return")
        except _DISCONNECTED:
            return {}
        return replies


def _fault(reply: object) -> str:
    if isinstance(reply, ModuleNotFoundError | AttributeError | TypeError):
        return f"its allclose is not the one here ({type(reply).__name__}: {reply}); install the same version there"
    return f"it fails ({type(reply).__name__}: {reply})"

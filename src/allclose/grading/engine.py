"""One submission to a Grade: cells in the sandbox, hidden tests against it, marks and flags out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from types import TracebackType

import msgspec

from allclose.course.cells import language_of
from allclose.errors import CourseError, SandboxError, SuiteError, unforeseen
from allclose.grading import scoring
from allclose.grading.oracle import Oracle, explanation
from allclose.grading.outcome import cell_flags, missed_flags, question_marks, with_outputs
from allclose.grading.places import Places, gpus
from allclose.grading.plan import cells_to_run, fitting
from allclose.grading.regrade import Earlier, is_calm
from allclose.grading.sides import BLAMED, Blamed, Sides
from allclose.model import (
    Assignment,
    CellRun,
    Grade,
    Json,
    ManualMark,
    Notebook,
    QuestionMark,
    Status,
    Submission,
    TestMark,
    Tier,
    Verdict,
)
from allclose.notebook.imports import imports
from allclose.notebook.repair import repaired
from allclose.notebook.splice import solved
from allclose.sandbox.clock import Contended
from allclose.sandbox.session import Cell, Session
from allclose.sandbox.spawner import Process, Spawner
from allclose.suite.host import Mark
from allclose.suite.plugin import SuiteTest
from allclose.suite.runner import SuiteRunner, WorkerEnded
from allclose.suite.standins import defined_names
from allclose.suite.verdicts import MESSAGES

#: How many kills of a worker one notebook's tests bear before the fault is taken for more than chance.
MAX_KILLS = 10
#: Told of a notebook's name and cells, and of the session that holds them, before any hidden input is in it.
CellsDone = Callable[[str, tuple[CellRun, ...], Session], None]


@dataclass(frozen=True, slots=True)
class _Result:
    """What became of one notebook; `seconds_more`: how much later its submission has to be done."""

    marks: tuple[QuestionMark, ...]
    manual: ManualMark
    flags: tuple[str, ...]
    executed: Json | None
    seconds_more: float = 0.0


class Engine:
    """Both warm sides of the grader for one assignment; `grade` may be called from several threads.

    The two processes start at once and warm up side by side; entering the context waits for both.

    Parameters
    ----------
    assignment : Assignment
        What is graded.
    tier : Tier
        How student code is isolated.
    device : str
        Where references compute, "cpu" or "cuda"; with "cuda" students' code can as well, at any tier but `strong`.
    seed : bytes
        The course's secret.
    extra : iterable of str
        Modules to warm besides those that the source notebooks import.

    Raises
    ------
    CourseError
        If a notebook is written in another language than Python, or no GPU has room where one is asked for.
    IsolationUnavailable
        If this machine cannot give the tier.
    SuiteError
        If the suite cannot be collected or does not fit its lab.
    """

    def __init__(
        self, assignment: Assignment, *, tier: Tier, device: str, seed: bytes, extra: Iterable[str] = ()
    ) -> None:
        _check_language(assignment)
        self.assignment = assignment
        self.tier = tier
        self.device = device
        self._control: dict[int, bool] | None = None
        self._control_lock = threading.Lock()
        self._oracle = Oracle(assignment, self.attempt)
        self._files = {path.as_posix(): (assignment.source_dir / path).read_bytes() for path in assignment.data_files}
        names = {
            name: defined for notebook in assignment.notebooks for name, defined in defined_names(notebook).items()
        }
        warm = (*imports(assignment.notebooks), *extra)
        cache = assignment.root / ".allclose" / "cache"
        lent = device == "cuda" and tier is not Tier.STRONG  # no driver gets through the filter of system calls
        warm = (*warm, "torch") if lent else warm
        self._lent = lent
        self._places = None
        if device == "cuda":
            self._places = Places(gpus(), assignment.limits.gpu_bytes, processes=2 if lent else 1)
        self._sides = Sides(
            lambda: Spawner(tier, (assignment.root,), warm, assignment.limits, cache, gpus=lent),
            (lambda: SuiteRunner(assignment, names, seed, device, assignment.limits)) if assignment.suite else None,
        )

    def __enter__(self) -> Engine:
        try:
            self._sides.wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def tests(self) -> tuple[SuiteTest, ...]:
        """The suite's tests, in the order in which they run."""
        return self._sides.tests

    @property
    def alive(self) -> bool:
        """Whether both processes still work."""
        return self._sides.spawner.alive and (self._sides.suite is None or self._sides.suite.alive)

    def close(self) -> None:
        """End both processes and everything that runs in them."""
        self._sides.close()

    def regrade(self, submission: Submission, earlier: Earlier) -> Grade:
        """Grade a submission again in the questions that were touched; what is tested is added to `earlier.tested`.

        Where its cells show something else than before, or a test does not come to its end, all is graded again.
        """
        grade = self.grade(submission, earlier=earlier)
        everything = {question.name for question in self.assignment.questions}
        if is_calm(grade) or earlier.tested >= everything:
            return grade
        earlier.tested.update(everything)
        return self.grade(submission)

    def grade(self, submission: Submission, done: CellsDone | None = None, earlier: Earlier | None = None) -> Grade:
        """Grade one submission; a fault of ours comes back as status `infra`. `done` is told of cells that have run.

        Where our side died under it, it is graded again, alone; see `Sides.insist`.
        """
        began = time.monotonic()
        try:
            return self._sides.insist(
                lambda: self._graded(submission, controlled=True, done=done, earlier=earlier),
                lambda: self._graded(self._solution(), controlled=False),
            )
        except Blamed as error:
            return self._grade(submission, Status.GRADED, self._blamed(submission), began, str(error))
        except SandboxError as error:
            return self._grade(submission, Status.INFRA, [], began, str(error))

    def _graded(
        self,
        submission: Submission,
        *,
        controlled: bool,
        done: CellsDone | None = None,
        earlier: Earlier | None = None,
    ) -> Grade:
        began = time.monotonic()
        try:
            results = self._grade_notebooks(submission, controlled, done, earlier)
        except SandboxError:
            raise
        except SuiteError as error:
            return self._grade(submission, Status.INFRA, [], began, str(error))
        except Exception as error:  # noqa: BLE001 - what we did not foresee in one must not end everybody's run
            return self._grade(submission, Status.INFRA, [], began, unforeseen(error))
        unread = list(submission.problems.values())
        status = Status.BAD_FILE if len(unread) == len(self.assignment.notebooks) else Status.GRADED
        return self._grade(submission, status, results, began, "; ".join(unread))

    def _grade(
        self, submission: Submission, status: Status, results: list[_Result], began: float, reason: str
    ) -> Grade:
        marks = tuple(mark for result in results for mark in result.marks)
        flags = [flag for result in results for flag in result.flags]
        if status is not Status.INFRA:
            flags += [f"bad-file: {why}" for why in submission.problems.values()]
        return Grade(
            student=submission.student,
            status=status,
            score=sum(mark.score for mark in marks),
            max_score=sum(question.points for question in self.assignment.questions),
            flags=tuple(dict.fromkeys((*submission.flags, *flags))),
            manual=scoring.combine_manual(result.manual for result in results),
            questions=marks,
            isolation=self.tier,
            device=self.device,
            seconds=round(time.monotonic() - began, 3),
            reason=reason,
            notebooks={
                notebook.name: result.executed
                for notebook, result in zip(self.assignment.notebooks, results, strict=False)
                if result.executed is not None
            },
        )

    def _blamed(self, submission: Submission) -> list[_Result]:
        """What is left of a submission that ended our own processes time and again."""
        results = []
        message = MESSAGES[Verdict.PROTOCOL]
        lost = {test.index: self._test_mark(test.index, Verdict.PROTOCOL, message) for test in self.tests}
        for notebook in self.assignment.notebooks:
            marks, manual = scoring.absent_notebook(notebook)
            if notebook.name not in submission.notebooks:
                results.append(_Result(marks, manual, (), None))
                continue
            mended = repaired(submission, notebook)
            plan = self._plan(notebook, mended.content, mended.origins)
            runs = [CellRun(cell.index, [], None, Verdict.NOT_RUN, 0.0) for cell in plan]
            executed = with_outputs(mended.content, runs)
            if self._sides.suite is not None:
                marks = question_marks(notebook, self.tests, lost)
            flags = (*mended.flags, BLAMED)
            results.append(_Result(marks, scoring.manual_marks(executed, notebook), flags, executed))
        return results

    def _grade_notebooks(
        self, submission: Submission, controlled: bool, done: CellsDone | None, earlier: Earlier | None
    ) -> list[_Result]:
        deadline = time.monotonic() + self.assignment.limits.submission_seconds
        results = []
        for notebook in self.assignment.notebooks:
            if notebook.name not in submission.notebooks:
                results.append(_Result(*scoring.absent_notebook(notebook), (), None))
            elif earlier is not None and not earlier.touched_in(notebook, self.tests):
                results.append(self._standing(submission, notebook, earlier))
            else:
                began = time.monotonic()
                result = None if earlier is None else self._rerun(submission, notebook, deadline, earlier)
                if result is None:
                    deadline += time.monotonic() - began  # what was tried in vain
                    result = self._grade_notebook(submission, notebook, deadline, controlled, done)
                    if earlier is not None:
                        earlier.tested.update(question.name for question in notebook.questions)
                results.append(result)
                deadline += result.seconds_more
        return results

    def _grade_notebook(
        self,
        submission: Submission,
        notebook: Notebook,
        deadline: float,
        controlled: bool,
        done: CellsDone | None,
    ) -> _Result:
        mended = repaired(submission, notebook)
        plan = self._plan(notebook, mended.content, mended.origins)
        files, left_out = fitting(self.assignment, self._files, submission)
        ended: dict[int, Mark] = {}
        with self._session(plan, files, deadline) as session:
            runs = session.run()
            if done is not None:
                done(notebook.name, runs, session)
            if self._sides.suite is not None:
                names = {question.name for question in notebook.questions}
                chosen = [test.index for test in self.tests if test.question in names]
                ended = {mark.index: mark for mark in self._marks(session, chosen, controlled)}
        executed = with_outputs(mended.content, runs)
        flags = (*left_out, *mended.flags, *cell_flags(runs))
        manual = scoring.manual_marks(executed, notebook)
        more = session.deadline - deadline
        if self._sides.suite is None:
            marks, manual = scoring.score_notebook(executed, notebook)
            return _Result(marks, manual, (*flags, *scoring.refused_outputs(marks)), executed, more)
        tests, missed = self._named(ended, notebook, controlled)
        flags += missed_flags(notebook, missed)
        return _Result(question_marks(notebook, self.tests, tests), manual, flags, executed, more)

    def _rerun(self, submission: Submission, notebook: Notebook, deadline: float, earlier: Earlier) -> _Result | None:
        """A notebook whose touched questions alone are tested; None where its cells show something else than before."""
        mended = repaired(submission, notebook)
        touched = earlier.touched_in(notebook, self.tests)
        plan = self._plan(notebook, mended.content, mended.origins)
        if earlier.forwards:  # no cell changes what stands above it
            needed = [place for place, cell in enumerate(plan, 1) if cell.snapshot in touched]
            plan = plan[: max(needed, default=0)]
        files, left_out = fitting(self.assignment, self._files, submission)
        with self._session(plan, files, deadline) as session:
            if not earlier.shows(notebook.name, session.run()):
                return None
            chosen = [test.index for test in self.tests if test.question in touched]
            ended = {mark.index: mark for mark in self._marks(session, chosen, controlled=True)}
        earlier.tested.update(touched)
        tests, missed = self._named(ended, notebook, controlled=True)
        marks = question_marks(notebook, self.tests, earlier.standing(notebook, self.tests) | tests)
        executed = earlier.executed(notebook.name, with_outputs(mended.content, ()))
        flags = (*left_out, *mended.flags, *missed_flags(notebook, missed | earlier.missed(notebook)))
        return _Result(marks, scoring.manual_marks(executed, notebook), flags, executed, session.deadline - deadline)

    def _standing(self, submission: Submission, notebook: Notebook, earlier: Earlier) -> _Result:
        """A notebook in which nothing was touched: as it ran before, with what its cells are worth now."""
        mended = repaired(submission, notebook)
        executed = earlier.executed(notebook.name, with_outputs(mended.content, ()))
        marks = question_marks(notebook, self.tests, earlier.standing(notebook, self.tests))
        missed = missed_flags(notebook, earlier.missed(notebook))
        flags = (*fitting(self.assignment, self._files, submission)[1], *mended.flags, *missed)
        return _Result(marks, scoring.manual_marks(executed, notebook), flags, executed)

    @contextmanager
    def _session(self, plan: list[Cell], files: dict[str, bytes], deadline: float) -> Iterator[Session]:
        """The sandbox of one notebook; waiting for a GPU, where its cells may need one, is not held against it."""
        with self._place(needed=self._lent) as waited:
            patient = self._sides.are_together
            limits, end = self.assignment.limits, deadline + waited
            session = Session(self._spawn, plan, files, limits, end, patient=patient, lent=self._lent)
            try:
                yield session
            finally:
                session.close()

    def _place(self, *, needed: bool) -> AbstractContextManager[float]:
        """A place at a GPU, where one is needed; gives the seconds that were waited for it."""
        return self._places.held() if needed and self._places is not None else nullcontext(0.0)

    def _spawn(self) -> Process:
        spawn = self._sides.spawner.spawn
        return self._places.spawn(spawn) if self._lent and self._places is not None else spawn()

    def _plan(self, notebook: Notebook, content: Json, origins: tuple[int | None, ...]) -> list[Cell]:
        return cells_to_run(notebook, content, origins, tested=self._sides.suite is not None)

    def _named(
        self, ended: dict[int, Mark], notebook: Notebook, controlled: bool
    ) -> tuple[dict[int, TestMark], set[str]]:
        """The marks of a notebook's tests, with the mistakes behind them, and whose stand-ins were out of reach."""
        marks = {index: self._test_mark(index, mark.verdict, mark.message) for index, mark in ended.items()}
        for name in [question.name for question in notebook.questions] if controlled else ():
            own = {index: mark for index, mark in ended.items() if self.tests[index].question == name}
            for index, answer in self._oracle.name(name, own).items():
                marks[index] = replace(marks[index], message=explanation(answer), misconception=answer.name)
        return marks, {self.tests[index].question for index, mark in ended.items() if mark.missed}

    def _marks(self, session: Session, chosen: Iterable[int], controlled: bool) -> Iterator[Mark]:
        """Run tests; a mark for each that came to an end."""
        with self._place(needed=True) as waited:
            session.deadline += waited
            yield from self._tested(session, chosen, controlled)

    def _tested(self, session: Session, chosen: Iterable[int], controlled: bool) -> Iterator[Mark]:
        """The same, on a new process wherever one was lost."""
        suite = self._sides.suite
        share = self._places.own if self._places is not None else None
        assert suite is not None
        session.revive()  # reaches the last question too, where its own public check ended the process
        remaining = [index for index in chosen if self.tests[index].question in session.reached]
        killed: set[int] = set()
        crashed: int | None = None
        kills = 0
        while remaining and session.revive():
            assert session.process is not None and session.channel is not None
            seconds = session.deadline - time.monotonic()
            running = suite.run(
                remaining, session.process, session.channel, seconds, self._spawn, share, patient=session.patient
            )
            try:
                for sent in running:
                    mark = _believed(sent, session, killed)
                    if mark is None or mark.index < 0:
                        continue
                    remaining.remove(mark.index)
                    if mark.doubtful and controlled and not self._solution_passes(mark.index):
                        raise SuiteError(
                            f"{self.tests[mark.index].name} fails on the solution itself: run `allclose verify`"
                        )
                    yield mark
            except WorkerEnded as ended:
                session.lose()
                kills += ended.killed
                if ended.full and not self._sides.is_alone:  # who has the memory is not known
                    raise
                if kills > MAX_KILLS or (not ended.killed and not (controlled and self._solution_passes(remaining[0]))):
                    raise
                if ended.killed:
                    continue
                if crashed == remaining[0]:  # twice, and never on the solution: it is the submission's doing
                    remaining.pop(0)
                    verdict = Verdict.LIMIT if ended.full else Verdict.PROTOCOL
                    yield Mark(crashed, verdict, MESSAGES[verdict], False, False, False)
                else:
                    crashed = remaining[0]
            finally:
                running.close()

    def attempt(self, question: str, code: str) -> Iterator[Mark]:
        """Run a question's tests on the solution with `code` as that question's answer; a mark for each that ended.

        Only the cells up to the question's own are run. Whoever needs no more marks may leave the rest.

        Raises
        ------
        SandboxError
            If one of the grader's own processes fails.
        """
        notebook = next(one for one in self.assignment.notebooks if question in {own.name for own in one.questions})
        content = solved(notebook, {question: code})
        plan = self._plan(notebook, content, tuple(range(len(content["cells"]))))
        last = next(place for place, cell in enumerate(plan) if cell.snapshot == question)
        deadline = time.monotonic() + self.assignment.limits.submission_seconds
        with self._session(plan[: last + 1], self._files, deadline) as session:
            session.run()
            chosen = [test.index for test in self.tests if test.question == question]
            yield from self._marks(session, chosen, controlled=False)

    def _test_mark(self, index: int, verdict: Verdict, message: str) -> TestMark:
        test = self.tests[index]
        return TestMark(test.name, test.points, verdict, message, title=test.title)

    def _solution(self) -> Submission:
        contents = {notebook.name: solved(notebook) for notebook in self.assignment.notebooks}
        return Submission("solution", contents, {}, {})

    def _solution_passes(self, index: int) -> bool:
        """Whether the instructor's own solution passes a test; it is graded once, when a fault may be ours."""
        with self._control_lock:
            if self._control is None:
                grade = self._graded(self._solution(), controlled=False)
                if grade.status is not Status.GRADED:
                    raise SandboxError(f"the solution itself could not be graded: {grade.reason}")
                passed = {
                    (mark.question, test.name): test.verdict is Verdict.PASSED
                    for mark in grade.questions
                    for test in mark.tests
                }
                self._control = {test.index: passed[test.question, test.name] for test in self.tests}
            return self._control[index]


def _believed(mark: Mark, session: Session, killed: set[int]) -> Mark | None:
    """A worker's mark, with what the end of the process says; None for a test that is to run once more."""
    session.give_back(mark.given_back, mark.overdrawn)
    if mark.contended:
        raise Contended("a test was over its time while others were at work")
    if mark.alive or session.lose() is not Verdict.LIMIT or mark.verdict is not Verdict.CRASH:
        return mark
    if mark.index not in killed:  # as for a cell: judged by the second time
        killed.add(mark.index)
        return None
    if session.patient:
        raise Contended("a process was killed twice while others were at work")
    return msgspec.structs.replace(mark, verdict=Verdict.LIMIT, message=MESSAGES[Verdict.LIMIT])


def _check_language(assignment: Assignment) -> None:
    for notebook in assignment.notebooks:
        language = language_of(notebook.content)
        if language.lower() != "python":
            raise CourseError(
                f"{notebook.path} is written in {language}, and allclose runs Python only: grade this assignment with "
                "nbgrader (`nbgrader autograde`)"
            )

"""The attack bank: reads the attacks, grades each beside two honest submissions, and judges what came of it.

An attack is a file `<group>/<name>.py`. Its docstring says what it tries; comments below that say what must come of
it; `# %%` lines begin its parts, which are text for a notebook and never imported here:

    # expects: total crash or raised    the question `total` loses every point, by these verdicts; `*` stands for every
                                        question that is not named; by default none loses any
    # flag: cell-crash                  a flag that begins so must be there
    # status: bad-file                  default: graded
    # student: "=1+1"                   the student's id, a Python literal
    # holds from: strong                the lowest tier that promises to hold against it
    # %% total                          what the student answers to this question
    # %% cell                           a cell of the student's own, at the end
    # %% file helper.py                 another file beside the notebook
    # %% hand-in                        code of ours: `hand_in(content, path)` writes the file that is handed in
"""

from __future__ import annotations

import ast
import copy
import csv
import hashlib
import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import msgspec

from allclose.course import load
from allclose.grading.engine import Engine
from allclose.grading.store import Store
from allclose.model import Assignment, Grade, Json, Status, Tier, Verdict
from allclose.notebook.read import read_submission
from allclose.notebook.splice import blank, solved
from allclose.report.tables import class_table, grade_json, question_csv
from allclose.suite.host import RESTING
from allclose.suite.secret import load_seed
from tests.security.hostile_course import ENVIRONMENT, GOT_THROUGH, LAB, NEIGHBOURS_CELL, SECRETS, write
from tests.suited_course import code_cell

HERE = Path(__file__).parent
GROUPS = ("forging", "stealing", "lying", "gaming", "breaking", "files")
TIERS = (Tier.NONE, Tier.BASIC, Tier.STRONG)
HONEST = ("honest-right", "honest-wrong")
END_SECONDS = 10.0
#: Part of the name of every file that an attack plants where it must not.
PLANTED = "bank-was-here"
_HEADER = re.compile(r"# (expects|flag|status|student|holds from): (.+)")
_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Attack:
    """One hostile submission and what must come of it."""

    group: str
    name: str
    title: str
    expects: dict[str, frozenset[Verdict]]
    flags: tuple[str, ...]
    status: Status
    student: str
    holds_from: Tier
    parts: tuple[tuple[str, str], ...]

    @property
    def id(self) -> str:
        return f"{self.group}/{self.name}"

    def expected(self, question: str) -> frozenset[Verdict]:
        """The verdicts that the tests of a question may have."""
        return self.expects.get(question) or self.expects.get("*") or frozenset({Verdict.PASSED})


@dataclass(frozen=True)
class Outcome:
    """What an attack did: one line for each thing that went wrong, by kind."""

    attack: Attack
    grade: Grade
    seconds: float
    gains: tuple[str, ...]
    leaks: tuple[str, ...]
    effects: tuple[str, ...]
    processes: tuple[str, ...]
    verdicts: tuple[str, ...]

    @property
    def harm(self) -> tuple[str, ...]:
        """Everything that no attack may do."""
        return (*self.gains, *self.leaks, *self.effects, *self.processes)

    @property
    def faults(self) -> tuple[str, ...]:
        """Harm, and where the grade is not what the attack declares."""
        return (*self.harm, *self.verdicts)


def attacks() -> tuple[Attack, ...]:
    """Every attack of the bank, by group and name."""
    return tuple(read_attack(path) for group in GROUPS for path in sorted((HERE / group).glob("*.py")))


def read_attack(path: Path) -> Attack:
    """Read one file of the bank."""
    text = path.read_text()
    head, *parts = re.split(r"^# %% (.+)\n", text, flags=re.MULTILINE)
    title = (ast.get_docstring(ast.parse(head)) or "").partition("\n")[0]
    said = [_HEADER.fullmatch(line) for line in head.splitlines() if line.startswith("# ")]
    assert title, f"{path} does not say what it tries"
    assert all(said), f"{path} declares something unknown"
    assert parts, f"{path} has no parts"
    declared = [(match[1], match[2]) for match in said if match]
    fields = dict(declared)
    expects = [value.split(" ", 1) for kind, value in declared if kind == "expects"]
    return Attack(
        path.parent.name,
        path.stem,
        title,
        {question: frozenset(map(Verdict, verdicts.split(" or "))) for question, verdicts in expects},
        tuple(value for kind, value in declared if kind == "flag"),
        Status(fields.get("status", "graded")),
        ast.literal_eval(fields["student"]) if "student" in fields else f"{path.parent.name}-{path.stem}",
        Tier(fields.get("holds from", "basic")),
        tuple(zip(parts[::2], parts[1::2], strict=True)),
    )


class Bank:
    """The course and a warm engine for it.

    Parameters
    ----------
    folder : Path
        An empty folder to work in.
    tier : Tier
        How the attacks are isolated.
    """

    def __init__(self, folder: Path, tier: Tier) -> None:
        self.folder = folder
        self.tier = tier
        self.root = write(folder)
        self.assignment: Assignment = load(self.root, LAB)
        self.submitted = self.root / "submitted"
        self._honest: dict[str, Grade] = {}
        self._pool = ThreadPoolExecutor(3, thread_name_prefix="class")

    @contextmanager
    def open(self) -> Iterator[Bank]:
        """Start the engine, beside secrets in the environment and in a descriptor that anyone may inherit."""
        os.environ.update(ENVIRONMENT)
        inherited = os.open(self.folder / "outside.txt", os.O_RDONLY)
        os.set_inheritable(inherited, True)
        try:
            seed = load_seed(self.root)
            with Engine(self.assignment, tier=self.tier, device="cpu", seed=seed, extra=("torch",)) as self.engine:
                self._hand_in_honest()
                self._honest = {student: _timeless(self._grade(student)) for student in HONEST}
                yield self
        finally:
            self._pool.shutdown()
            os.close(inherited)
            for name in ENVIRONMENT:
                del os.environ[name]

    def run(self, attack: Attack) -> Outcome:
        """Grade one attack in a class with the honest ones."""
        began = time.monotonic()
        self.hand_in(attack)
        before = self._course_files()
        futures = {
            student: self._pool.submit(self._grade, student) for student in (HONEST[0], attack.student, HONEST[1])
        }
        grades = {student: future.result() for student, future in futures.items()}
        mine = grades.pop(attack.student)
        seconds = time.monotonic() - began
        effects = [
            f"the grade of {student} changed: {_difference(grade, self._honest[student])}"
            for student, grade in grades.items()
            if _timeless(grade) != self._honest[student]
        ]
        effects += [f"{name} was written or changed" for name in self._course_files() ^ before]
        effects += [f"{path} was planted" for path in _planted()]
        if mine.status is Status.INFRA:
            effects.append(f"it bought a fault of ours: {mine.reason}")
        return Outcome(
            attack,
            mine,
            seconds,
            tuple(_gains(attack, mine)),
            tuple(_leaks(self._shown(mine))),
            tuple(effects),
            tuple(left_over()),
            tuple(_wrong_verdicts(attack, mine)),
        )

    def honest(self) -> dict[str, Grade]:
        """The grades of the honest ones, graded before any attack."""
        return dict(self._honest)

    def _grade(self, student: str) -> Grade:
        submission = read_submission(self.submitted / student / LAB, student, self.assignment)
        return self.engine.grade(submission)

    def _shown(self, grade: Grade) -> str:
        """All that is kept or shown of a grade; the names of tests are the instructor's."""
        store = Store(self.folder / "results")
        store.save(grade.student, "attack", grade)
        assert store.load(grade.student, "attack") is not None, "what was stored cannot be read back"
        marks = [replace(mark, tests=tuple(replace(test, name="") for test in mark.tests)) for mark in grade.questions]
        return json.dumps(msgspec.to_builtins(replace(grade, questions=tuple(marks))), ensure_ascii=False) + _pages(
            grade
        )

    def _hand_in_honest(self) -> None:
        (notebook,) = self.assignment.notebooks
        right = solved(notebook)
        wrong = blank(notebook, {"scale": "import numpy as np\n\n\ndef scale(x, factor):\n    return x * factor"})
        for student, content in zip(HONEST, (right, wrong), strict=True):
            content["cells"].append(code_cell("own", NEIGHBOURS_CELL))
            _write(self.submitted / student / LAB / f"{LAB}.ipynb", json.dumps(content).encode())

    def hand_in(self, attack: Attack) -> None:
        """Write the files of one attack where a student would."""
        (notebook,) = self.assignment.notebooks
        names = {question.name for question in notebook.questions}
        content = copy.deepcopy(solved(notebook, {part: code for part, code in attack.parts if part in names}))
        path = self.submitted / attack.student / LAB / f"{LAB}.ipynb"
        writer: Callable[[Json, Path], None] = _hand_in_json
        for number, (part, code) in enumerate(attack.parts):
            if part == "cell":
                content["cells"].append(code_cell(f"own-{number}", code))
            elif part.startswith("file "):
                _write(path.parent / part.removeprefix("file "), dedent(code).encode())
            elif part == "hand-in":
                made: dict[str, Any] = {}
                exec(compile(code, attack.id, "exec"), made)
                writer = made["hand_in"]
            else:
                assert part in names, f"{attack.id} has an unknown part: {part}"
        path.parent.mkdir(parents=True, exist_ok=True)
        writer(content, path)

    def _course_files(self) -> set[tuple[str, str]]:
        """The course's own files, with what is in them."""
        return {
            (path.relative_to(self.root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
            for folder in ("source", "autograder", "solutions", ".allclose")
            for path in (self.root / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


def table(outcomes: Sequence[Outcome], tier: Tier) -> str:
    """What the attacks came to, by group, and each that did not hold."""
    columns = ("group", "attacks", "score gains", "leaks", "effects on others", "processes left", "not promised")
    rows = [columns]
    expected = [outcome for outcome in outcomes if promised(tier, outcome.attack)]
    for group in (*GROUPS, "all"):
        own = [one for one in expected if group in (one.attack.group, "all")]
        every = [one for one in outcomes if group in (one.attack.group, "all")]
        counts = (sum(bool(getattr(one, kind)) for one in own) for kind in ("gains", "leaks", "effects", "processes"))
        rows.append((group, str(len(own)), *map(str, counts), str(len(every) - len(own))))
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns))]
    lines = [f"Attack bank at tier {tier.value}: {len(outcomes)} attacks"]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    for outcome in outcomes:
        note = "" if promised(tier, outcome.attack) else f" (promised from {outcome.attack.holds_from.value})"
        lines += [f"  {outcome.attack.id}{note}: {fault[:300]}" for fault in outcome.faults]
        if note and not outcome.faults:
            lines.append(f"  {outcome.attack.id}{note}: held all the same")
    return "\n".join(lines)


def promised(tier: Tier, attack: Attack) -> bool:
    """Whether the tier promises to hold against this attack."""
    return TIERS.index(tier) >= TIERS.index(attack.holds_from)


def _hand_in_json(content: Json, path: Path) -> None:
    _write(path, json.dumps(content).encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _timeless(grade: Grade) -> Grade:
    return replace(grade, seconds=0.0)


def _difference(grade: Grade, alone: Grade) -> str:
    before = {test.name: test.verdict for mark in alone.questions for test in mark.tests}
    after = {test.name: test.verdict for mark in grade.questions for test in mark.tests}
    changed = {name: verdict.value for name, verdict in after.items() if before.get(name) is not verdict}
    return f"{grade.status} {grade.score:g} {grade.flags} {changed}"


def _gains(attack: Attack, grade: Grade) -> Iterator[str]:
    """Points beyond those of the questions that were answered rightly."""
    for mark in grade.questions:
        lost = Verdict.PASSED not in attack.expected(mark.question)
        if mark.score > mark.max_score or (lost and mark.score > 0):
            yield f"{mark.question} got {mark.score:g} of {mark.max_score:g}"
    if attack.status is not Status.GRADED and grade.score > 0:
        yield f"a file that cannot be read got {grade.score:g}"


def _wrong_verdicts(attack: Attack, grade: Grade) -> Iterator[str]:
    """Where the grade is not the one that the attack declares."""
    if grade.status is not attack.status:
        yield f"status {grade.status.value} in place of {attack.status.value}"
    for mark in grade.questions if grade.status is Status.GRADED else ():
        wanted = attack.expected(mark.question)
        got = {test.verdict for test in mark.tests}
        if not got <= wanted:
            yield f"{mark.question}: {', '.join(sorted(got))} in place of {' or '.join(sorted(wanted))}"
        if wanted == {Verdict.PASSED} and mark.score < mark.max_score:
            yield f"{mark.question} lost points: {mark.score:g} of {mark.max_score:g}"
    for flag in attack.flags:
        if not any(other.startswith(flag) for other in grade.flags):
            yield f"no flag '{flag}' among {list(grade.flags)}"


def _leaks(shown: str) -> Iterator[str]:
    for kind, text in SECRETS.items():
        if text in shown:
            yield f"{kind} is shown: …{shown[max(0, shown.index(text) - 80) : shown.index(text) + 40]!r}…"
    if GOT_THROUGH in shown:
        yield f"it says that it got through: {shown[shown.index(GOT_THROUGH) :][:80]!r}"


def _pages(grade: Grade) -> str:
    """The grade as a grader sees it: table, CSV and JSON; what a terminal or a spreadsheet would obey is named."""
    from rich.console import Console

    shown = question_csv([grade])
    cells = [cell for line in csv.reader(io.StringIO(shown, newline="")) for cell in line]
    bad = ["a formula in a CSV cell"] if any(cell.startswith(tuple("=+-@\t\r")) for cell in cells) else []
    page = io.StringIO()
    Console(file=page, width=120, force_terminal=False).print(
        class_table(LAB, [grade], isolation=grade.isolation, device="cpu", width=120)
    )
    bad += ["a control character in the table"] if re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", page.getvalue()) else []
    bad += ["a direction character in the table"] if _BIDI.search(page.getvalue()) else []
    whole = json.dumps(grade_json(LAB, [grade], isolation=grade.isolation, device="cpu", seconds=0.0))
    assert json.loads(whole)["submissions"][0]["student"] == grade.student
    return shown + page.getvalue() + "".join(f"{GOT_THROUGH} with {what}" for what in bad)


def _planted() -> list[str]:
    places = map(Path, ("/tmp", "/var/tmp", "/dev/shm", Path.home(), Path.cwd()))
    return [str(path) for place in places for path in place.iterdir() if PLANTED in path.name]


def left_over() -> list[str]:
    """Sandbox processes, and suite workers still at work, that are there when they have had time to go."""
    end = time.monotonic() + END_SECONDS
    while found := _grandchildren():
        if time.monotonic() > end:
            return [f"process {pid} ({name}) is left" for pid, name in found.items()]
        time.sleep(0.01)
    return []


def _grandchildren() -> dict[int, str]:
    """Processes below the engine's own: the suite's host, the box's outer process and the zygote within it."""
    children: dict[int, list[int]] = {}
    names: dict[int, str] = {}
    for entry in (path.name for path in Path("/proc").iterdir()):
        if entry.isdigit():
            try:
                name, rest = Path(f"/proc/{entry}/stat").read_text().split("(", 1)[1].rsplit(")", 1)
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(int(rest.split()[1]), []).append(int(entry))
            names[int(entry)] = name
    found: dict[int, str] = {}
    for process in children.get(os.getpid(), ()):
        if "allclose.sandbox.zygote" in _command(process):
            own = [pid for pid in children.get(process, ()) if "allclose.sandbox.zygote" in _command(pid)]
            top = own[:1] or [process]
        elif "allclose.suite.host" in _command(process):
            top = [process]
        else:
            continue
        waiting = [pid for parent in top for pid in children.get(parent, ())]
        while waiting:
            pid = waiting.pop()
            if (
                names[pid] != RESTING
            ):  # a worker that has closed the line to the last submission, and waits for the next
                found[pid] = names[pid]
            waiting += children.get(pid, ())
    return found


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""

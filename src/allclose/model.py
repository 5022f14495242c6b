"""The nouns that every layer shares, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Literal

#: A notebook or a cell as nbformat's JSON: plain dicts, lists, strings and numbers.
Json = dict[str, Any]


class Verdict(StrEnum):
    """What became of one test."""

    PASSED = "passed"
    FAILED = "failed"
    RAISED = "raised"
    TIMEOUT = "timeout"
    LIMIT = "limit"
    CRASH = "crash"
    PROTOCOL = "protocol"
    MISSING = "missing"
    NOT_RUN = "not-run"


class Status(StrEnum):
    """What became of one submission."""

    GRADED = "graded"
    BAD_FILE = "bad-file"
    INFRA = "infra"


class Tier(StrEnum):
    """How well student code is isolated, best first."""

    STRONG = "strong"
    BASIC = "basic"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one submission may use; `autograder/<lab>/limits.toml` overrides any of them."""

    cell_seconds: float = 30.0
    test_seconds: float = 20.0
    submission_seconds: float = 120.0
    memory_bytes: int = 2 * 2**30
    disk_bytes: int = 128 * 2**20
    processes: int = 64
    output_bytes: int = 8 * 2**20
    frame_bytes: int = 64 * 2**20
    callbacks: int = 100_000
    gpu_bytes: int = 2 * 2**30


@dataclass(frozen=True, slots=True)
class GradeCell:
    """A cell that carries points: `auto` is graded by tests, `manual` and `task` by hand."""

    grade_id: str
    points: float
    kind: Literal["auto", "manual", "task"]
    cell_type: str


@dataclass(frozen=True, slots=True)
class Question:
    """An automatically graded question of a notebook.

    `solution_cell` is None where the grade cell follows no solution cell of its own name (plain nbgrader assignments).
    """

    name: str
    notebook: str
    points: float
    grade_cell: str
    solution_cell: str | None


@dataclass(frozen=True, slots=True)
class Notebook:
    """An instructor notebook in `source/`; `content` is its JSON, nbformat 4, as written by the instructor.

    `content` holds the course's header and footer cells too, where nbgrader_config.py names any. `recorded` are its
    cells as nbgrader keeps them in a gradebook (solutions cut, hidden tests in place, checksums set), `released` as a
    student gets them, one for each cell of `content`.
    """

    name: str
    path: Path
    content: Json = field(repr=False)
    grade_cells: tuple[GradeCell, ...]
    questions: tuple[Question, ...]
    recorded: tuple[Json, ...] = field(default=(), repr=False)
    released: tuple[Json, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """A known answer to one question, wrong (a misconception) or right (accepted)."""

    question: str
    slug: str
    title: str
    hint: str
    code: str = field(repr=False)
    path: Path

    @property
    def name(self) -> str:
        """`<question>--<slug>`, as the file is called."""
        return f"{self.question}--{self.slug}"


@dataclass(frozen=True, slots=True)
class Equivalent:
    """A changed line of a reference answer that no test can tell from the right one, and the author's reason."""

    question: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """One assignment of a course, as it stands on disk.

    `suite` holds the hidden test files (empty: graded as nbgrader does it); `data_files` are the files beside the
    source notebooks, relative to the source folder, and `editable` those of them of which each student has an own one.
    """

    name: str
    root: Path
    notebooks: tuple[Notebook, ...]
    suite: tuple[Path, ...]
    reference: Path | None
    data_files: tuple[Path, ...]
    misconceptions: tuple[Answer, ...]
    accepted: tuple[Answer, ...]
    limits: Limits
    equivalents: tuple[Equivalent, ...] = ()
    editable: tuple[Path, ...] = ()

    @property
    def source_dir(self) -> Path:
        """Where the instructor's notebooks stand."""
        return self.root / "source" / self.name

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every automatic question, in the order of the notebooks and their cells."""
        return tuple(question for notebook in self.notebooks for question in notebook.questions)


@dataclass(frozen=True, slots=True)
class Submission:
    """What one student handed in, read and repaired; plain data.

    `notebooks` maps a notebook's name to its JSON; `problems` maps the name of a notebook that could not be read to the
    reason; `files` are the other files by relative path. `origins` says of a notebook that was repaired as it was read
    which of the source's cells each cell is.
    """

    student: str
    notebooks: dict[str, Json]
    problems: dict[str, str]
    files: dict[str, bytes] = field(repr=False)
    flags: tuple[str, ...] = ()
    origins: dict[str, tuple[int | None, ...]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class CellRun:
    """What one code cell did in the sandbox. `index` is its place in the notebook's `cells`."""

    index: int
    outputs: list[Json]
    execution_count: int | None
    verdict: Verdict
    seconds: float


@dataclass(frozen=True, slots=True)
class TestMark:
    """The outcome of one hidden test; `title` is the line of its own that a student may read."""

    __test__: ClassVar[bool] = False  # pytest takes any Test* for a test class

    name: str
    points: float
    verdict: Verdict
    message: str = ""
    misconception: str | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class QuestionMark:
    """The outcome of one automatic question."""

    notebook: str
    question: str
    score: float
    max_score: float
    tests: tuple[TestMark, ...] = ()


@dataclass(frozen=True, slots=True)
class ManualMark:
    """What stays to be graded by hand: `score` is None while anything is pending."""

    score: float | None
    max_score: float
    pending: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade:
    """One submission's result; `notebooks` holds the executed notebooks (JSON) by name, for `autograded/`."""

    student: str
    status: Status
    score: float
    max_score: float
    flags: tuple[str, ...]
    manual: ManualMark
    questions: tuple[QuestionMark, ...]
    isolation: Tier
    device: str
    seconds: float
    reason: str = ""
    notebooks: dict[str, Json] = field(default_factory=dict, repr=False)

"""What was promised, and the figures that are held against it: arithmetic on records only."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import feedback
from benchmarks.records import Record
from benchmarks.throughput import MORE

Records = dict[str, Record]
#: The class whose whole time is held against a budget.
CLASS = 100
Figures = Callable[[Records], list[float]]


@dataclass(frozen=True, slots=True)
class Budget:
    """One line: at least, or at most, so much of a unit; `figures` are ours, one for each round."""

    what: str
    least: bool
    limit: float
    unit: str
    figures: Figures

    def met(self, records: Records) -> bool | None:
        """Whether the median keeps it; None where it was not measured."""
        values = self.figures(records)
        if not values:
            return None
        middle = statistics.median(values)
        return middle >= self.limit if self.least else middle <= self.limit


def samples(records: Records, part: str, name: str) -> list[float]:
    """What a part measured under a name; nothing where it did not."""
    record = records.get(part)
    return record.samples.get(name, []) if record is not None else []


def sizes(records: Records, part: str) -> list[int]:
    """The sizes of the classes that a part graded."""
    record = records.get(part)
    return [int(size) for size in record.facts["sizes"].split()] if record is not None else []


def further_seconds(records: Records, kind: str) -> list[float]:
    """Seconds of `nbgrader autograde` for one submission more, by round."""
    one, several = (samples(records, "throughput", f"{kind}.nbgrader.{name}") for name in ("one", "all"))
    return [(more - alone) / MORE for alone, more in zip(one, several, strict=False)]


def steady_seconds(records: Records, kind: str) -> list[float]:
    """Seconds of `allclose grade` for one submission more, by round."""
    small, large = (samples(records, "throughput", f"{kind}.allclose.{name}") for name in ("small", "large"))
    few, many = sizes(records, "throughput") or (0, 1)
    return [(most - least) / (many - few) for least, most in zip(small, large, strict=False)]


def steady_ratio(kind: str) -> Figures:
    """How many times as long nbgrader takes for one submission more, by round."""
    return lambda records: _ratios(further_seconds(records, kind), steady_seconds(records, kind))


def class_ratio(kind: str) -> Figures:
    """How many times as long nbgrader takes for a class of `CLASS`, from its start; what it takes is extrapolated."""

    def ratios(records: Records) -> list[float]:
        first, more = samples(records, "throughput", f"{kind}.nbgrader.one"), further_seconds(records, kind)
        ours = samples(records, "throughput", f"{kind}.allclose.small")
        if CLASS not in sizes(records, "throughput")[:1]:
            return []
        theirs = [one + (CLASS - 1) * each for one, each in zip(first, more, strict=False)]
        return _ratios(theirs, ours)

    return ratios


def otter_ratio(kind: str) -> Figures:
    """How many times as long `otter run` takes for a submission, by round."""
    return lambda records: _ratios(samples(records, "throughput", f"{kind}.otter"), steady_seconds(records, kind))


def overhead_seconds(kind: str) -> Figures:
    """CPU seconds of the engine over the same bare, by round."""
    return lambda records: [
        engine - bare
        for engine, bare in zip(
            samples(records, "overhead", f"{kind}.engine"),
            samples(records, "overhead", f"{kind}.bare.cpu"),
            strict=False,
        )
    ]


def isolation_seconds(records: Records) -> list[float]:
    """Seconds that a process at tier strong takes over one at tier none, in turns."""
    strong, none = (samples(records, "parts", f"figure.process.{tier}") for tier in ("strong", "none"))
    return [walled - open_ for walled, open_ in zip(strong, none, strict=False)]


def growth_seconds(records: Records) -> list[tuple[int, float]]:
    """For each size but the first, seconds that one more submission took on the way to it from the size before."""
    found = []
    known = sizes(records, "growth")
    for few, many in itertools.pairwise(known):
        before, after = (samples(records, "growth", f"{size}.seconds") for size in (few, many))
        if before and after:
            found.append((many, (statistics.median(after) - statistics.median(before)) / (many - few)))
    return found


def nbgrader_pages_seconds(records: Records) -> list[float]:
    """Seconds of `nbgrader generate_feedback` for the class: what some took, and as much more for each other one."""
    few, more = (samples(records, "feedback", name) for name in ("few", "more"))
    students = int(records["feedback"].facts["students"]) if "feedback" in records else 0
    return [
        second + (second - first) / (feedback.MORE - feedback.FEW) * (students - feedback.MORE)
        for first, second in zip(few, more, strict=False)
    ]


def pages_ratio(records: Records) -> list[float]:
    """How many times as long nbgrader takes for the pages of the class."""
    return _ratios(nbgrader_pages_seconds(records), samples(records, "feedback", "pages"))


def unevenness(records: Records) -> list[float]:
    """By how much the dearest of these is above the cheapest, in per cent."""
    costs = [seconds for _, seconds in growth_seconds(records)]
    return [100 * (max(costs) / min(costs) - 1)] if len(costs) > 1 and min(costs) > 0 else []


def peak_megabytes(records: Records) -> list[float]:
    """The most memory that the parent held in the largest class, in millions of bytes."""
    known = sizes(records, "growth")
    return [peak / 1e6 for peak in samples(records, "growth", f"{known[-1]}.peak")] if known else []


def _named(part: str, name: str, factor: float = 1.0) -> Figures:
    return lambda records: [factor * value for value in samples(records, part, name)]


def _milli(figures: Figures) -> Figures:
    return lambda records: [1000 * value for value in figures(records)]


def _ratios(theirs: Sequence[float], ours: Sequence[float]) -> list[float]:
    return [long / short for long, short in zip(theirs, ours, strict=False)]


BUDGETS = (
    Budget("steady, one figure, against `nbgrader autograde`", True, 75, "times", steady_ratio("figure")),
    Budget("steady, no figure, against `nbgrader autograde`", True, 150, "times", steady_ratio("numbers")),
    Budget("a class of 100 from start to gradebook, one figure", True, 50, "times", class_ratio("figure")),
    Budget("a class of 100 from start to gradebook, no figure", True, 75, "times", class_ratio("numbers")),
    Budget("steady, one figure, against `otter run`", True, 100, "times", otter_ratio("figure")),
    Budget("steady, no figure, against `otter run`", True, 100, "times", otter_ratio("numbers")),
    Budget("engine's CPU over bare, one figure", False, 10, "ms", _milli(overhead_seconds("figure"))),
    Budget("engine's CPU over bare, no figure", False, 10, "ms", _milli(overhead_seconds("numbers"))),
    Budget("isolation of a submission", False, 5, "ms", _milli(isolation_seconds)),
    Budget("gradebook, for each submission", False, 1, "ms", _named("parts", "figure.gradebook", 1000)),
    Budget("500 feedback pages, against `nbgrader generate_feedback`", True, 20, "times", pages_ratio),
    Budget("cost of a submission from the smallest class to the largest", False, 10, "% apart", unevenness),
    Budget("memory of the parent, largest class", False, 300, "MB", peak_megabytes),
    Budget("both engines ready", False, 3, "s", _named("startup", "engines.lab2_minibatch_sgd")),
)

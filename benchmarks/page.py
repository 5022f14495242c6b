"""`python -m benchmarks.page`: docs/benchmarks.md and its plot, made anew from the records in results/."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import budgets, feedback
from benchmarks.budgets import BUDGETS, Records, samples
from benchmarks.records import ROOT, Record, load
from benchmarks.tables import ABSENT, spread, table

PAGE = ROOT / "docs" / "benchmarks.md"
PLOT = ROOT / "docs" / "growth.svg"
_KINDS = {"figure": "one figure", "numbers": "no figure"}
_ABOUT = """# How fast a class is graded

`make bench` measures it, with the installed commands and nothing in their place; `python -m benchmarks.growth --write`
the classes of up to 10,000. Submissions are solved notebooks, no two the same text, whose figures are rendered and
stored; the labs' demonstrations are taken out, because nbgrader and otter would run them too. Numbers are medians, then
the lowest and the highest.
"""
_THROUGHPUT = """nbgrader runs the hidden suite in the grade cell by `allclose.run_suite`, otter in the bundle that
`allclose bundle` makes, and `allclose grade` in its sandbox at tier strong, all three in turns. What *one more* takes
comes from the difference of two class sizes; nbgrader's class is its first submission and as many times one more.
`otter run` takes one notebook at a time, so its time is that of the whole command. Each ratio is of one round."""
_OVERHEAD = """CPU time of all processes together, user and system, on the same notebooks in turns. *Bare* is a fork of
a warm process: the cells by `exec`, each figure drawn and encoded as the engine has it done, then each test's function
with its fixtures on the cells' own objects; no isolation, no limits, no shell, nothing recorded, no wire, no names put
back. The engine's parts are sessions without tests; what is not in them are the tests, and the engine's own process."""
_PARTS = """One submission at a time, in wall time, each part by itself."""
_FEEDBACK = """each command from its start to its end, in turns. nbgrader makes
the pages of some, and what one more takes is the difference. It has nothing like the class report."""
_GROWTH = """Submissions of lab 5 that hold, question by question, the solution, another right answer or a known wrong
one, drawn at random. Every score in the gradebook is compared with what the answers must get."""
_REFERENCES = """At the labs' sizes. Each call of PyTorch costs some microseconds, which a loop over a handful of
numbers does not pay, and a loop over many pays many times."""
_PART_NAMES = {
    "read": "the submission's file read and checked",
    "repair": "cells repaired and put in place",
    "cells": "a process, the cells and their figures (repair too)",
    "tests": "hidden tests: worker, wire, calls, reference",
    "store": "result stored",
    "gradebook": "gradebook, one transaction for all",
    "autograded": "autograded notebook",
    "feedback": "feedback page",
}


def main() -> None:
    """Write the page."""
    write(load())


def write(records: Records, page: Path = PAGE, plot: Path = PLOT) -> None:
    """Write the page and the plot that these records make."""
    page.write_text("\n".join([_ABOUT, *lines(records)]) + "\n")
    if budgets.growth_seconds(records):
        from benchmarks.plot import draw

        draw(records, plot)


def lines(records: Records) -> Iterator[str]:
    """What the records say, the budgets first."""
    yield "## Budgets"
    yield ""
    yield from budget_table(records)
    for part in _SECTIONS:
        if part in records:
            yield from ("", *section(part, records))


def section(part: str, records: Records) -> Iterator[str]:
    """What the record of one part says, and where it was measured."""
    title, words = _SECTIONS[part]
    yield from (f"## {title}", "", *words(records), "", _measured(records[part]))
    yield from _problems(records[part])


def budget_table(records: Records) -> list[str]:
    """The promises, and what was measured."""
    words = {True: "met", False: "**not met**", None: ABSENT}
    rows = [
        (
            budget.what,
            f"{'at least' if budget.least else 'at most'} {budget.limit:g} {budget.unit}",
            spread(budget.figures(records), budget.unit),
            words[budget.met(records)],
        )
        for budget in BUDGETS
    ]
    return table(("what", "budget", "measured", ""), rows)


def _throughput(records: Records) -> Iterator[str]:
    yield _THROUGHPUT
    few, many = budgets.sizes(records, "throughput")
    facts = records["throughput"].facts
    for kind, words in _KINDS.items():
        if f"{kind}.lab" not in facts:
            continue
        yield ""
        yield f"{facts[f'{kind}.lab']}, {words}: {facts[f'{kind}.points']} points each, the same everywhere."
        yield ""
        rows = [
            ("`nbgrader autograde`, one submission", _seconds(records, f"{kind}.nbgrader.one"), ""),
            ("`nbgrader autograde`, one more", spread(budgets.further_seconds(records, kind), "s"), ""),
            ("`otter run`", _seconds(records, f"{kind}.otter"), ""),
            (
                "`allclose grade`, one more",
                spread(budgets.steady_seconds(records, kind), "ms", 1000),
                _against(
                    nbgrader=budgets.steady_ratio(kind)(records),
                    otter=budgets.otter_ratio(kind)(records),
                ),
            ),
            (
                f"`allclose grade`, a class of {few}, start to gradebook",
                _seconds(records, f"{kind}.allclose.small"),
                _against(nbgrader=budgets.class_ratio(kind)(records)),
            ),
            (f"`allclose grade`, a class of {many}", _seconds(records, f"{kind}.allclose.large"), ""),
        ]
        yield from table(("what", "time", "against"), rows)


def _overhead(records: Records) -> Iterator[str]:
    yield _OVERHEAD
    yield ""
    facts = records["overhead"].facts
    rows = []
    for kind, words in _KINDS.items():
        name = f"{words}, {facts.get(f'{kind}.tests', '?')} tests"
        found = {part: samples(records, "overhead", f"{kind}.{part}") for part in _CPU}
        rows += [(f"{name}: {_CPU[part]}", spread(values, "ms", 1000)) for part, values in found.items()]
        rows.append((f"{name}: engine over bare", spread(budgets.overhead_seconds(kind)(records), "ms", 1000)))
    yield from table(("what", "CPU of a submission"), rows)


_CPU = {
    "engine": "engine",
    "process": "of it a process that runs an empty cell",
    "cells": "of it that process with all cells",
    "bare.cpu": "bare, its fork too",
    "bare.cells": "of it the cells",
    "bare.tests": "of it the tests",
}


def _parts(records: Records) -> Iterator[str]:
    yield _PARTS
    yield ""
    rows = []
    for kind, words in _KINDS.items():
        found = {part: samples(records, "parts", f"{kind}.{part}") for part in _PART_NAMES}
        rows += [(f"{words}: {_PART_NAMES[part]}", spread(values, "ms", 1000)) for part, values in found.items()]
    rows += [
        (f"a process that runs an empty cell, tier {tier}", _millis(records, f"figure.process.{tier}"))
        for tier in ("none", "basic", "strong")
    ]
    rows.append(("isolation: tier strong over none, in turns", spread(budgets.isolation_seconds(records), "ms", 1000)))
    rows.append(("wire: a call that brings an array there and back", _millis(records, "figure.trip", 1e6, "µs")))
    for kind, words in _KINDS.items():
        trips = records["overhead"].facts.get(f"{kind}.trips") if "overhead" in records else None
        if trips is not None:
            cost = [int(trips) * seconds for seconds in samples(records, "parts", "figure.trip")]
            rows.append((f"{words}: wire, {trips} trips at that", spread(cost, "ms", 1000)))
    yield from table(("what", "time of a submission"), rows)


def _feedback(records: Records) -> Iterator[str]:
    facts = records["feedback"].facts
    yield f"{facts['students']} students of {facts['lab']}, graded before; {_FEEDBACK}"
    yield ""
    rows = [
        ("`allclose feedback`", _spread_of(records, "feedback", "pages", "s")),
        ("`allclose report`", _spread_of(records, "feedback", "report", "s")),
        (f"`nbgrader generate_feedback`, {feedback.FEW} students", _spread_of(records, "feedback", "few", "s")),
        (f"`nbgrader generate_feedback`, {feedback.MORE} students", _spread_of(records, "feedback", "more", "s")),
        ("`nbgrader generate_feedback`, all, counted up", spread(budgets.nbgrader_pages_seconds(records), "s")),
        ("nbgrader's pages, against ours", spread(budgets.pages_ratio(records), "times")),
        ("a page of ours", spread(samples(records, "feedback", "bytes"), "kB", 1e-3)),
    ]
    yield from table(("what", "measured"), rows)


def _growth(records: Records) -> Iterator[str]:
    yield _GROWTH
    yield ""
    costs = dict(budgets.growth_seconds(records))
    rows = []
    for size in budgets.sizes(records, "growth"):
        found = {
            name: samples(records, "growth", f"{size}.{name}")
            for name in ("seconds", "peak", "handed-in", "results", "gradebook", "autograded")
        }
        rate = [size / seconds for seconds in found["seconds"]]
        rows.append(
            (
                f"{size:,}",
                spread(found["seconds"], "s"),
                spread(rate, "/s"),
                spread([costs[size]], "ms", 1000) if size in costs else "",
                spread(found["peak"], "MB", 1e-6),
                *(spread(found[name], "MB", 1e-6) for name in ("handed-in", "results", "gradebook", "autograded")),
            )
        )
    head = ("students", "start to end", "submissions", "one more", "memory of the parent")
    yield from table((*head, "handed in", "results", "gradebook", "autograded"), rows)
    yield ""
    yield "![Time and memory as a class grows](growth.svg)"
    facts = records["growth"].facts
    if "regrade" in facts:
        seconds = _spread_of(records, "growth", "regrade.seconds", "s")
        yield ""
        yield f"Then one hidden test was changed, and the largest class graded again: {seconds} from start to end."
        yield f"Touched: {facts['touched']}. The command said: `{facts['regrade']}`"


def _startup(records: Records) -> Iterator[str]:
    names = {
        "python": "`python -c pass`",
        "import": "`import allclose`, Python's start in it",
        "help": "`allclose --help`",
        **{name: f"both engines ready, {name.partition('.')[2]}" for name in _engines(records)},
    }
    rows = [(words, _spread_of(records, "startup", name, "s")) for name, words in names.items()]
    yield from table(("what", "time from the start of the process"), rows)


def _references(records: Records) -> Iterator[str]:
    yield _REFERENCES
    yield ""
    rows = []
    for name in [name.removesuffix(".loop") for name in records["references"].samples if name.endswith(".loop")]:
        loop, ours = (samples(records, "references", f"{name}.{way}") for way in ("loop", "reference"))
        ratios = [slow / fast for slow, fast in zip(loop, ours, strict=True)]
        rows.append((name, spread(loop, "ms", 1000), spread(ours, "ms", 1000), spread(ratios, "times")))
    yield from table(("what", "loop", "reference", "loop / reference"), rows)


def _cluster(records: Records) -> Iterator[str]:
    record = records["cluster"]
    yield "Scheduler and workers are processes of their own on this machine; [Grading on many machines](cluster.md)."
    yield ""
    yield from table(("what", "measured"), [(name, spread(values, "")) for name, values in record.samples.items()])
    for name, fact in record.facts.items():
        yield ""
        yield f"{name}: {fact}"


_SECTIONS: dict[str, tuple[str, Callable[[Records], Iterator[str]]]] = {
    "throughput": ("A class, against nbgrader and otter", _throughput),
    "overhead": ("What the engine adds to the students' code", _overhead),
    "parts": ("Part by part", _parts),
    "feedback": ("Feedback pages and the class report", _feedback),
    "growth": ("From 10 to 10,000 submissions", _growth),
    "cluster": ("On Dask workers", _cluster),
    "startup": ("Before the first submission", _startup),
    "references": ("The references, against loops", _references),
}


def _engines(records: Records) -> Sequence[str]:
    return [name for name in records["startup"].samples if name.startswith("engines.")]


def _measured(record: Record) -> str:
    machine = record.machine
    versions = ", ".join(f"{name} {version}" for name, version in machine.versions.items())
    return (
        f"*Measured {record.when} at commit {record.commit}: {machine.cores} cores ({machine.processor}), "
        f"{machine.memory_gb:g} GB, {machine.system}, load {machine.load:g} before; {versions}.*"
    )


def _problems(record: Record) -> Iterator[str]:
    for problem in record.problems:
        yield ""
        yield f"**Not as it should be:** {problem}"


def _against(**ratios: Sequence[float]) -> str:
    return ", ".join(f"{name} {spread(values, 'times')}" for name, values in ratios.items() if values)


def _seconds(records: Records, name: str) -> str:
    return _spread_of(records, "throughput", name, "s")


def _millis(records: Records, name: str, factor: float = 1000, unit: str = "ms") -> str:
    return spread(samples(records, "parts", name), unit, factor)


def _spread_of(records: Records, part: str, name: str, unit: str) -> str:
    return spread(samples(records, part, name), unit)


if __name__ == "__main__":
    main()

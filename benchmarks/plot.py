"""The plot of the growth: what one more submission takes, and what the parent holds, by the size of the class."""

from __future__ import annotations

import io
import statistics
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks import budgets
from benchmarks.budgets import Records, samples

#: The same records give the same bytes.
_SETTINGS: Any = {"svg.hashsalt": "growth", "svg.fonttype": "none", "font.size": 9}
_CAP_MEGABYTES = 300


def draw(records: Records, path: Path) -> None:
    """Draw the growth as SVG."""
    known = budgets.sizes(records, "growth")
    totals = [statistics.median(samples(records, "growth", f"{size}.seconds")) for size in known]
    peaks = [statistics.median(samples(records, "growth", f"{size}.peak")) / 1e6 for size in known]
    costs = budgets.growth_seconds(records)
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(8, 3), layout="constrained")
        time, memory = figure.subplots(1, 2)
        each = [1000 * total / size for size, total in zip(known, totals, strict=True)]
        time.plot(known, each, "o--", color="#999999", label="start to end, shared by all")
        time.plot([size for size, _ in costs], [1000 * seconds for _, seconds in costs], "o-", label="one more")
        time.set(xscale="log", yscale="log", xlabel="students", ylabel="ms a submission")
        time.legend(frameon=False)
        memory.plot(known, peaks, "o-")
        memory.axhline(_CAP_MEGABYTES, color="#D55E00", linestyle=":", label="budget")
        memory.set(xscale="log", xlabel="students", ylabel="MB in the parent", ylim=(0, 1.2 * max(*peaks, 300)))
        memory.legend(frameon=False, loc="lower right")
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    path.write_text("\n".join(line.rstrip() for line in text.getvalue().splitlines()) + "\n")

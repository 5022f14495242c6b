"""The figures of the class report: matplotlib's SVG, made to stand in a page.

Colours become the page's own, so that they follow its dark scheme and print; what would be a style becomes plain
attributes, since the page's policy lets no style but its own count.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from allclose.report.classroom import LabReport, QuestionReport, Scores
from allclose.report.tables import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Colours by which matplotlib draws, each for a colour of the page.
_COLOURS = {
    name: f"#a0000{number}"
    for number, name in enumerate(("ink", "soft", "line", "accent", "tint", "track", "good", "warn", "bad"))
}
_WIDTH = 5.0
_MOST_NAME = 18
_SETTINGS: dict[Any, Any] = {"svg.fonttype": "none", "svg.id": None, "text.parse_math": False, "font.size": 10.5}
_STYLE = re.compile(r' style="([^"]*)"')
#: Attributes that matplotlib says by style; the font is the page's.
_ATTRIBUTES = re.compile(
    r"(fill|fill-opacity|fill-rule|stroke|stroke-width|stroke-opacity|stroke-dasharray|stroke-dashoffset"
    r"|stroke-linecap|stroke-linejoin|opacity|font-size|font-weight|text-anchor): ([^;]+)"
)


def scores_figure(scores: Scores) -> str:
    """Return how the points are spread, in tenths, with the median."""
    figure, axes = _axes(2.6)
    width = 100 / len(scores.bins)
    middles = [width * (place + 0.5) for place in range(len(scores.bins))]
    bars = axes.bar(middles, scores.bins, width=width * 0.92, color=_COLOURS["accent"])
    axes.bar_label(
        bars, [str(count) if count else "" for count in scores.bins], padding=2, color=_COLOURS["ink"], fontsize=10.5
    )
    median = 100 * scores.median / scores.max_score
    axes.axvline(median, color=_COLOURS["warn"], linewidth=1.6, linestyle=(0, (4, 3)))
    right = median > 60
    axes.annotate(
        f"median {points(scores.median)}",
        (median, 1),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if right else 5, 8),
        textcoords="offset points",
        horizontalalignment="right" if right else "left",
        color=_COLOURS["warn"],
    )
    axes.set_xlim(0, 100)
    axes.set_xticks(range(0, 101, 20), [f"{tick} %" for tick in range(0, 101, 20)])
    axes.set_yticks([])
    axes.margins(y=0.12)
    axes.spines["left"].set_visible(False)
    return _svg(figure, "scores")


def questions_figure(questions: Sequence[QuestionReport]) -> str:
    """Return what share of the submissions has all, some and none of each question's points."""
    shown = [question for question in questions if question.graded]
    figure, axes = _axes(0.9 + 0.32 * len(shown))
    places = range(len(shown))
    parts = (
        ("all points", "good", [100 * question.full / question.graded for question in shown]),
        (
            "some",
            "track",
            [100 * (question.graded - question.full - question.none) / question.graded for question in shown],
        ),
        ("none", "bad", [100 * question.none / question.graded for question in shown]),
    )
    left = [0.0] * len(shown)
    for label, colour, widths in parts:
        axes.barh(places, widths, left=left, height=0.66, color=_COLOURS[colour], label=label)
        left = [start + width for start, width in zip(left, widths, strict=True)]
    axes.set_yticks(places, [_short(question.name) for question in shown])
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(0, 100)
    axes.set_xticks((0, 50, 100), ["0 %", "50 %", "100 %"])
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", length=0)
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 1),
        ncols=3,
        frameon=False,
        labelcolor=_COLOURS["ink"],
        handlelength=1,
        handleheight=1,
        columnspacing=1.2,
        borderpad=0,
    )
    return _svg(figure, "questions")


def progress_figure(labs: Sequence[LabReport]) -> str:
    """Return the median share of the points from lab to lab, and the half of the class around it."""
    figure, axes = _axes(2.6)
    places = range(len(labs))
    low, median, high = ([100 * value for value in values] for values in zip(*_quartiles(labs), strict=True))
    axes.fill_between(places, low, high, color=_COLOURS["tint"], linewidth=0)
    axes.plot(places, median, color=_COLOURS["accent"], linewidth=2, marker="o", markersize=5)
    for place, value in zip(places, median, strict=True):
        axes.annotate(
            f"{value:.0f} %",
            (place, value),
            xytext=(0, 7),
            textcoords="offset points",
            horizontalalignment="center",
            color=_COLOURS["ink"],
        )
    axes.set_ylim(0, 108)
    axes.set_yticks((0, 50, 100), ["0 %", "50 %", "100 %"])
    axes.margins(x=0.08)
    slanted = len(labs) > 4
    axes.set_xticks(
        places,
        [_short(lab.name) for lab in labs],
        rotation=30 if slanted else 0,
        horizontalalignment="right" if slanted else "center",
    )
    return _svg(figure, "progress")


def _quartiles(labs: Sequence[LabReport]) -> list[tuple[float, float, float]]:
    return [(lab.low, lab.median, lab.high) for lab in labs]


def _short(name: str) -> str:
    return name if len(name) <= _MOST_NAME else f"{name[: _MOST_NAME - 1]}…"


def _axes(height: float) -> tuple[Figure, Axes]:
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_COLOURS["line"])
    axes.tick_params(color=_COLOURS["line"], labelcolor=_COLOURS["soft"], labelsize=10.5)
    return figure, axes


def _svg(figure: Figure, name: str) -> str:
    """The drawing as an element of a page; ids begin with `name`, since pages have several figures."""
    from matplotlib import rc_context

    drawn = io.StringIO()
    with rc_context(_SETTINGS | {"svg.hashsalt": name}):
        figure.savefig(drawn, format="svg", transparent=True, metadata={"Date": None})
    text = drawn.getvalue()
    start, box = text.index("<svg"), re.search(r'viewBox="[^"]*"', text)
    text = text[text.index("<g", start) :]
    text = re.sub(r'<g id="[^"]*">', "<g>", text)
    text = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{name}-", text)
    text = _STYLE.sub(_attributes, text).replace("xlink:href", "href")
    for colour, sentinel in _COLOURS.items():
        text = text.replace(sentinel, f"var(--{colour})")
    text = re.sub(r"\s*\n\s*", " ", text)
    return f'<svg {box.group() if box else ""} aria-hidden="true" focusable="false">{text}'


def _attributes(style: re.Match[str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in _ATTRIBUTES.findall(style.group(1)))

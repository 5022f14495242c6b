"""What a run that grades a class tells while it works: a bar on the terminal, and a log for whoever asks for one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allclose.cli.screen import bar

if TYPE_CHECKING:
    from allclose.grading.batch import Event

#: A submission that took less is no news.
_SLOW_SECONDS = 1.0


@contextmanager
def progress(what: str, jobs: int, log: Path | None) -> Iterator[Callable[[Event], None]]:
    """Give what is to be told of each event.

    Parameters
    ----------
    what
        The assignment's name.
    jobs
        How many submissions are graded at a time.
    log
        A file for one line of JSON for each event, with what it took.
    """
    slowest = (0.0, "")
    with bar(what) as move, log.open("w", encoding="utf-8") if log else nullcontext() as file:

        def write(**said: Any) -> None:
            if file is not None:
                file.write(json.dumps(said) + "\n")
                file.flush()

        def tell(event: Event) -> None:
            nonlocal slowest
            grade = event.grade
            if event.kind != "reused":
                slowest = max(slowest, (grade.seconds, grade.student))
            running = min(jobs, event.total - event.done)
            took = f", slowest {slowest[1]} {slowest[0]:.0f} s" if slowest[0] > _SLOW_SECONDS else ""
            move(event.done, event.total, f"{running} running{took}")
            write(
                event=event.kind,
                student=grade.student,
                status=grade.status.value,
                score=grade.score,
                seconds=grade.seconds,
                at=round(event.seconds, 3),
                done=event.done,
                total=event.total,
                **({"tested": list(event.tested)} if event.kind == "rerun" else {}),
            )

        write(event="began", assignment=what, jobs=jobs)
        yield tell
        write(event="ended", assignment=what)

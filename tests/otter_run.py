"""Grades submissions with otter itself, in a process of its own: it leaves sockets and threads behind.

python -m tests.otter_run AUTOGRADER SUBMISSION … prints, as JSON, what became of each.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from typing import Any


def outcome(autograder: str, submission: str) -> dict[str, Any]:
    """The score, the points and maxima of the questions, and which of their cases passed."""
    from otter.run import main

    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stdout(io.StringIO()):
            found = main(submission, autograder=autograder, output_dir=folder, no_logo=True)
        written = json.loads(Path(folder, "results.json").read_text())
    if found.has_catastrophic_failure():
        raise RuntimeError(f"{submission}: {found.catastrophic_error}")
    return {
        "score": round(written.get("score", sum(test.get("score", 0) for test in written["tests"])), 4),
        "questions": {name: [round(one.score, 9), round(one.possible, 9)] for name, one in found.results.items()},
        "cases": {name: [case.passed for case in one.test_case_results] for name, one in found.results.items()},
    }


if __name__ == "__main__":
    autograder, *submissions = sys.argv[1:]
    print(json.dumps({Path(each).stem: outcome(autograder, each) for each in submissions}))

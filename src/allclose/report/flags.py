"""Flags in plain words: for the student whose submission has them, and for who looks at a class."""

from __future__ import annotations

import re

from allclose.report.tables import printable

_WORDS = {
    "bad-file": "A notebook could not be read: {}.",
    "cell-duplicated": "Several cells had the name {}; the last one that you worked on was graded.",
    "cell-moved": "The cell {} stood in the wrong place; it was put back.",
    "cell-restored": "The cell {} was missing; it was put back.",
    "cell-retyped": "The cell {} had become another kind of cell; it was changed back.",
    "cell-unknown": "A cell of your own claimed to be a graded one ({}); it was taken as yours.",
    "data-file-restored": "The file {} was changed; the one that was handed out was used.",
    "file-ignored": "A file was not used: {}.",
    "id-restored": "The cell {} had lost its name; it was known by its text or place.",
    "locked-cell-restored": "The locked cell {} was changed; its own text was used.",
    "metadata-restored": "The settings of the cell {} were changed; they were put back.",
    "more-files": "There are {}.",
    "other-file": "The notebook {} is not part of this assignment; it was not graded.",
    "refused-output": "What the tests of {} put out cannot be scored.",
    "sandbox-ended": "Your code ended {}.",
    "stand-in-not-reached": "In {} your own earlier answers were used: a mistake in them may cost points here too.",
    "too-many-files": "There were too many files: {}.",
}
_CELLS = {
    "raised": "{} stopped with an error.",
    "timeout": "{} ran out of time.",
    "limit": "{} used more memory, processes, disk or output than it may.",
    "crash": "{} ended the Python process.",
    "protocol": "{} tampered with the grader's connection.",
    "not-run": "{} was not run.",
}
_CLASS_WORDS = {
    "bad-file": "a notebook could not be read",
    "cell-crash": "a cell ended the Python process",
    "cell-duplicated": "cells stood twice; the last one that was worked on was graded",
    "cell-limit": "a cell used more memory, processes, disk or output than it may",
    "cell-moved": "cells stood in the wrong place and were put back",
    "cell-not-run": "cells were not run",
    "cell-protocol": "a cell tampered with the grader's connection: look at it",
    "cell-raised": "a cell stopped with an error",
    "cell-restored": "cells were missing and were put back",
    "cell-retyped": "cells had become another kind of cell and were changed back",
    "cell-timeout": "a cell ran out of time",
    "cell-unknown": "a cell of the student's claimed to be a graded one: look at it",
    "data-file-restored": "a file that was handed out was changed; ours was used",
    "file-ignored": "a file was not used",
    "id-restored": "cells had lost their names and were known by their text or place",
    "locked-cell-restored": "locked cells were changed; their own text was used",
    "metadata-restored": "settings of graded cells were changed and were put back: look at it",
    "more-files": "there are more files than are looked at",
    "other-file": "a notebook is not part of this assignment and was not graded",
    "refused-output": "what tests put out cannot be scored",
    "sandbox-ended": "the code ended its sandbox",
    "stand-in-not-reached": "an earlier answer could not be replaced by ours: one mistake may cost points twice",
    "too-many-files": "there were too many files",
}
_CELL = re.compile(r"cell-(?P<verdict>[a-z-]+): (?P<cell>cell \d+)")


def flag_sentence(flag: str) -> str:
    """Return what a flag of a grade tells its student; a flag without words of its own as it is."""
    kind, _, about = printable(flag).partition(": ")
    match = _CELL.fullmatch(printable(flag))
    if match and match["verdict"] in _CELLS:
        return _CELLS[match["verdict"]].format(match["cell"].capitalize())
    return _WORDS[kind].format(about.rstrip(".")) if kind in _WORDS else printable(flag)


def class_words(kind: str) -> str:
    """Return what a kind of flag, the word before its colon, tells who looks at a class; an unknown kind as it is."""
    return _CLASS_WORDS.get(kind, printable(kind))

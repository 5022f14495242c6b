"""What a student would hand in: the release version with its solution cells filled in, or left blank."""

from __future__ import annotations

import copy
from collections.abc import Mapping

from allclose import course
from allclose.course import cells
from allclose.errors import NotebookError
from allclose.model import Json, Notebook


def solved(notebook: Notebook, answers: Mapping[str, str] | None = None) -> Json:
    """The released notebook with the instructor's solutions in it.

    Parameters
    ----------
    notebook : Notebook
        The instructor's notebook.
    answers : mapping of str to str, optional
        Question (or grade_id of a solution cell) -> code that takes the place of that whole solution cell.

    Raises
    ------
    NotebookError
        If an answer names no solution cell of this notebook.
    """
    filled = blank(notebook)
    rules = course.release_rules(course.find_root(notebook.path.parent))
    for source, cell in zip(notebook.content["cells"], filled["cells"], strict=True):
        if cells.is_solution(source):
            cell["source"] = cells.without_markers(source["source"], rules.begin_solution, rules.end_solution)
    return _answered(notebook, filled, answers or {})


def blank(notebook: Notebook, answers: Mapping[str, str] | None = None) -> Json:
    """The released notebook as a student gets it, with only `answers` filled in.

    Raises
    ------
    NotebookError
        If an answer names no solution cell of this notebook.
    """
    empty = {**copy.deepcopy(notebook.content), "cells": copy.deepcopy(list(notebook.released))}
    empty["metadata"].pop("celltoolbar", None)
    return _answered(notebook, empty, answers or {})


def _answered(notebook: Notebook, content: Json, answers: Mapping[str, str]) -> Json:
    places = {cells.grade_id(cell): cell for cell in content["cells"] if cells.is_solution(cell)}
    places |= {
        question.name: places[question.solution_cell] for question in notebook.questions if question.solution_cell
    }
    for question, code in answers.items():
        if question not in places:
            raise NotebookError(f"{notebook.path} has no solution cell for an answer to '{question}'")
        places[question]["source"] = code.rstrip("\n")
    return content

"""Ratings are read from what a stranger handed in: only what is one in every part counts."""

from __future__ import annotations

from typing import Any

import pytest

from allclose.ratings import MAX_COMMENT, MAX_RATINGS, MAX_SECTION, MIME, Rating, rating, read_ratings


def notebook(*kept: Any) -> dict[str, Any]:
    """A notebook with a cell for each thing that is kept as a rating."""
    outputs = [{"output_type": "display_data", "data": {MIME: one, "text/plain": "…"}, "metadata": {}} for one in kept]
    return {"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [output]} for output in outputs]}


def test_what_the_form_writes_is_read_back() -> None:
    given = (rating("The loss", 4, "more pictures, please"), rating("Adam", 1))
    assert read_ratings(notebook(*(one.message() for one in given))) == given


def test_of_one_section_the_last_rating_counts() -> None:
    found = read_ratings(notebook(*(rating(name, stars).message() for name, stars in (("A", 1), ("B", 2), ("A", 5)))))
    assert found == (Rating("B", 2), Rating("A", 5))


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "notebook",
        {},
        {"cells": None},
        {"cells": {"0": {}}},
        {"cells": [None, 3, [], {"outputs": None}, {"outputs": {"data": 1}}, {"outputs": [None, 1, {"data": []}]}]},
        {"cells": [{"outputs": [{"data": {MIME: [1, 2]}}, {"data": {MIME: None}}, {"data": {MIME: "x"}}]}]},
    ],
)
def test_what_is_no_notebook_holds_no_ratings(document: object) -> None:
    assert read_ratings(document) == ()


@pytest.mark.parametrize("stars", [0, 6, -1, 10**30, True, 4.0, "5", None, [5], float("nan")])
def test_stars_are_whole_numbers_from_one_to_five(stars: object) -> None:
    assert read_ratings(notebook({"section": "A", "stars": stars})) == ()
    with pytest.raises(ValueError, match="from 1 to 5"):
        rating("A", stars)  # type: ignore[arg-type]


@pytest.mark.parametrize("section", ["", "  \n ", "\u202e\u200b", 7, None, {}])
def test_a_section_has_a_name(section: object) -> None:
    assert read_ratings(notebook({"section": section, "stars": 3})) == ()


@pytest.mark.parametrize("comment", [7, None, [], {}])
def test_a_comment_is_text(comment: object) -> None:
    assert read_ratings(notebook({"section": "A", "stars": 3, "comment": comment})) == ()


def test_texts_are_one_plain_line_each_and_not_longer_than_what_is_kept() -> None:
    (found,) = read_ratings(
        notebook(
            {"section": "S\x1b[31m" + "s" * 10**6, "stars": 3, "comment": "a\n\tb\u202ec\x00 \ud800d" + "e" * 10**6}
        )
    )
    assert found.section.startswith("S[31ms") and len(found.section) == MAX_SECTION
    assert found.comment.startswith("a bc de") and len(found.comment) == MAX_COMMENT


def test_a_notebook_full_of_ratings_gives_no_more_than_it_may_have_sections() -> None:
    many = notebook(*({"section": f"section {number}", "stars": 3} for number in range(5_000)))
    assert len(read_ratings(many)) == MAX_RATINGS


def test_a_notebook_of_many_outputs_is_not_read_to_its_end() -> None:
    flood = {"cells": [{"outputs": [{"data": {}}] * 10_000 + [{"data": {MIME: rating("A", 3).message()}}]}]}
    assert read_ratings(flood) == ()

"""Formulas are set by browsers, from elements that we make; whatever else is in them goes or stays as typed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allclose.report.formula import formula

ELEMENT = re.compile(
    r"</?(?:math|mrow|m[inos]|mtext|mspace|m(?:sub|sup|subsup)|munder|mover|munderover|mfrac|msqrt|mroot|mtable|mtr|mtd"
    r'|mstyle|mpadded|mphantom|mmultiscripts|mprescripts)(?: [a-z]+="[\w. -]{1,20}")*>|</?code(?: class="formula")?>'
)
COMMANDS = st.sampled_from(
    [
        *(
            r"\frac",
            r"\sqrt",
            r"\text",
            r"\href",
            r"\style",
            r"\class",
            r"\color",
            r"\hspace",
            r"\rule",
            r"\def",
            r"\x",
        ),
        *(r"\left(", r"\right)", r"\begin{aligned}", r"\end{aligned}", "\\\\", "&", "_", "^", "{", "}", "x", "1", "<"),
        *(
            r"\hat",
            r"\sum_",
            r"\mathbf",
            r"\operatorname",
            r"\overset",
            r"\tag{1}",
            r"\label",
            "&#60;",
            "&lt;",
            "\ud800",
        ),
        *("javascript:alert(1)", "\0", "\u202e", r"\u0000"),
    ]
)


def elements(page: str) -> list[str]:
    return re.findall(r"<[^>]*>", page)


@pytest.mark.parametrize(
    "text",
    [
        r"\theta_{t+1} = \theta_t - \eta \nabla L(\theta_t)",
        r"\frac{1}{n} \sum_{i=1}^{n} \|x_i - y_i\|_2^2",
        r"\hat m_t = \frac{m_t}{1 - \beta_1^t}",
        r"\begin{pmatrix} 1 & 0 \\ 0 & \kappa \end{pmatrix}",
        r"L(w) = \tfrac12 w^\top A w,\quad \text{for all } w \in \mathbb{R}^d",
    ],
)
def test_formulas_of_the_course_are_set(text: str) -> None:
    made = formula(text, display=True)
    assert made.startswith('<math display="block">')
    assert "\\" not in made


@pytest.mark.parametrize("text", [r"\frac", r"\unknown{x}", "{" * 900, r"\sqrt{" * 300, "x" * 1001, "}{", ""])
def test_what_is_no_formula_stays_as_it_was_typed(text: str) -> None:
    assert re.fullmatch(r'<code class="formula">.*</code>|<math><mrow></mrow></math>', formula(text, display=False))


def test_no_address_no_style_and_no_negative_width_comes_through() -> None:
    styled = r"\href{javascript:alert(1)}{a} \style{position:fixed}{b} \class{c}{d} \color{red}{e}"
    made = formula(rf"{styled} \hspace{{-30em}}", display=False)
    assert {tag for tag in elements(made) if " " in tag} == set()
    assert "javascript" not in made


def test_words_of_a_formula_are_text() -> None:
    made = formula("\\text{<script>alert(1)</script> &#60;b&#62; \u202e}", display=False)
    assert "<script>alert(1)</script> <b>" in made.unescape().replace("\xa0", " ")
    assert {tag.strip("</>") for tag in elements(made)} <= {"math", "mrow", "mtext"}
    assert "\u202e" not in made


@given(st.lists(COMMANDS, max_size=40).map(" ".join) | st.text(max_size=200), st.booleans())
def test_whatever_is_typed_makes_elements_of_ours_only(text: str, display: bool) -> None:
    made = formula(text, display=display)
    made.encode("utf-8", "replace")
    for element in elements(made):
        assert ELEMENT.fullmatch(element), element

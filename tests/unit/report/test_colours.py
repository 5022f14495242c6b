"""Code in colours: the same text, nothing but spans, and in no time whatever it is made of."""

from __future__ import annotations

import html
import re

import pytest

from allclose.report.colours import coloured

CODE = """%load_ext x
@decorated
def f(x, n=1):
    \"\"\"Say "so".\"\"\"
    y = rb'a\\'b' + f"{x!r} <b>"  # x < 1
    return x.sum() + sum(1.5e-3) if None else 0x1F
"""


def classes(text: str) -> list[tuple[str, str]]:
    return [
        (kind, html.unescape(word)) for kind, word in re.findall(r'<span class="(\w+)">(.*?)</span>', text, re.DOTALL)
    ]


def test_words_have_the_classes_of_their_kind() -> None:
    assert classes(coloured(CODE)) == [
        ("nd", "%load_ext"),
        ("nd", "@decorated"),
        ("k", "def"),
        ("nf", "f"),
        ("mf", "1"),
        ("s", '"""Say "so"."""'),
        ("s", "rb'a\\'b'"),
        ("s", 'f"{x!r} <b>"'),
        ("c", "# x < 1"),
        ("k", "return"),
        ("nb", "sum"),
        ("mf", "1.5e-3"),
        ("k", "if"),
        ("kc", "None"),
        ("k", "else"),
        ("mf", "0x1F"),
    ]


#: Pygments takes from a second to minutes for each of these.
UNITS = ['"', "'''", '"\\', "#<", 'f"{', "\n", "!", "@a.", "a.b.", "1.", "%", "{", "\\", "\n%", '""', "x1_", "é"]


@pytest.mark.parametrize("text", [CODE, *(unit * (20_000 // len(unit)) for unit in UNITS)])
def test_without_its_spans_it_is_the_text_and_it_does_not_grow_without_bounds(text: str) -> None:
    found = coloured(text)
    assert html.unescape(re.sub(r'<span class="\w+">|</span>', "", found)) == text
    assert len(found) <= 5 * len(html.escape(text)) + 500

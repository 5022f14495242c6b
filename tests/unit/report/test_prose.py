"""Markdown as HTML of ours: it says what the text says, and nothing in it leads away or runs."""

from __future__ import annotations

import re

import pytest

from allclose.report.prose import heading, prose


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "# Title\n\nSome *words* and `code`.",
            "<p><strong>Title</strong></p>\n<p>Some <em>words</em> and <code>code</code>.</p>\n",
        ),
        ("[here](https://a.example/x)", "<p>here (https://a.example/x)</p>\n"),
        ("[here](javascript:alert(1))", "<p>[here](javascript:alert(1))</p>\n"),
        ("![a figure](https://a.example/x.png)", "<p>[picture: a figure]</p>\n"),
        ("a <b onclick='x()'>bold</b> <script>x()</script>", "<p>a bold x()</p>\n"),
        ("<details><summary>Hint</summary>\n\nText.\n\n</details>", "<p>Hint</p>\n<p>Text.</p>\n"),
        ("<!-- <script>x()</script> -->", ""),
        ("$a < 1$ costs", "<p><math><mrow><mi>a</mi><mo>&lt;</mo><mn>1</mn></mrow></math> costs</p>\n"),
        ("$\\frac$ *b*", '<p><code class="formula">\\frac</code> <em>b</em></p>\n'),
        ("It costs $5 or $6.", "<p>It costs $5 or $6.</p>\n"),
        ("$$\na\n$$", '<p><math display="block"><mrow><mi>a</mi></mrow></math></p>\n'),
        ("```python\nx = 1\n```", '<pre>x = <span class="mf">1</span>\n</pre>\n'),
        ("3. three", '<ol start="3">\n<li>three</li>\n</ol>\n'),
    ],
)
def test_what_it_says_stays_and_what_it_would_do_goes(text: str, shown: str) -> None:
    assert prose(text) == shown


HOSTILE = (
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<iframe src=//evil.example></iframe>",
    "[x](data:text/html,<script>1</script>)",
    "<https://evil.example/?<script>>",
    '[x](https://a.example "onmouseover=alert(1)")',
    '!["onerror=alert(1)](x)',
    "$<img src=x onerror=alert(1)>$",
    "$\\href{javascript:alert(1)}{x}$",
    '```"><script>\nx\n```',
    "|a|b|\n|:-:|--:|\n|<script>1</script>|[x](javascript:1)|",
    "[ref]\n\n[ref]: javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href='javascript:1'>x</a>",
    "<math><mtext><script>1</script></mtext></math>",
)
TAGS = "math|mrow|mi|mn|mo|mtext|p|strong|em|code|pre|span|ul|ol|li|table|thead|tbody|tr|th|td|hr|br|blockquote"


@pytest.mark.parametrize("text", HOSTILE)
def test_there_is_no_element_and_no_attribute_but_ours(text: str) -> None:
    for tag in re.findall(r"<[^>]*>", prose(text)):
        assert re.fullmatch(rf'</?(?:{TAGS})(?: class="\w+")?(?: start="\d+")?(?: stretchy="false")?(?: /)?>', tag), tag


@pytest.mark.parametrize(
    "unit", ["[", "![", "*a_", "**", "`a", "<a ", "<!--", "$a ", "> ", "[a](", "[a]: x\n", "|a|\n|-|\n"]
)
def test_what_was_written_to_delay_or_to_grow_does_not_grow(unit: str) -> None:
    assert len(prose(unit * (5_000 // len(unit)))) < 50_000


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("### Question 1 · `forward` (8 points) ##", "Question 1 · forward (8 points)"),
        ("words\n\n## The *loss* $L$", "The loss L"),
        ("#no heading", ""),
        ("words", ""),
        ("# ", ""),
    ],
)
def test_the_first_heading_is_found(text: str, found: str) -> None:
    assert heading(text) == found

"""Markdown of a notebook as HTML of ours: paragraphs, lists, tables, emphasis and code, and nothing that leads away.

Neither links nor pictures nor any markup of the text's own come through: of a link its text and its address stay as
text, of a tag what stands between. Formulas are set without any script (`formula`).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from allclose.report.colours import coloured
from allclose.report.formula import formula

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token
    from markupsafe import Markup

_REMEMBERED = 512
_HEADING = re.compile(r"#{1,6}[ \t]+(.+?)[ \t#]*")
_MARKS = re.compile(r"[`*$]|\\(?=\W)")
_TAG = re.compile(r"<!--.*?(?:-->|$)|<[^>]*>?", re.DOTALL)
_FORMULA = re.compile(r"\$\$.+?\$\$|\$(?! )[^$\n]+(?<! )\$(?!\d)", re.DOTALL)


def heading(text: str) -> str:
    """Return the first heading of a Markdown text as plain words; an empty text where it has none."""
    for line in text.split("\n"):
        found = _HEADING.fullmatch(line.strip())
        if found:
            return _MARKS.sub("", found[1]).strip()
    return ""


def without_heading(text: str) -> str:
    """Return a Markdown text without the heading that it begins with."""
    first, _, rest = text.lstrip().partition("\n")
    return rest.lstrip("\n") if _HEADING.fullmatch(first.strip()) else text


@lru_cache(_REMEMBERED)
def prose(text: str) -> Markup:
    """Return a Markdown text as safe HTML."""
    from markupsafe import Markup

    markdown = _markdown()
    tokens = markdown.parse(text)
    for token in tokens:  # an alignment of a table's is a style of its own, which the page's policy refuses
        token.attrs = {name: value for name, value in token.attrs.items() if name == "start"}
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


@lru_cache(1)
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("commonmark", {"html": True}).enable("table")
    markdown.inline.ruler.before("escape", "formula", _formula)
    for name, rule in _RULES.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _formula(state: StateInline, silent: bool) -> bool:
    found = _FORMULA.match(state.src, state.pos) if state.src[state.pos] == "$" else None
    if found is None:
        return False
    if not silent:
        state.push("formula", "code", 0).content = found[0]
    state.pos = found.end()
    return True


def _escaped(text: str) -> str:
    from markupsafe import escape

    return str(escape(text))


def _formula_set(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    typed = tokens[place].content
    return str(formula(typed.strip("$").strip(), display=typed.startswith("$$")))


def _code_set(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return f"<pre>{coloured(tokens[place].content)}</pre>\n"


def _words_of_markup(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    words = _escaped(_TAG.sub("", tokens[place].content).strip())
    return f"<p>{words}</p>\n" if words and tokens[place].type == "html_block" else words


def _picture_named(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    return f"[picture: {_escaped(tokens[place].content)}]"


def _address(_: Any, tokens: Sequence[Token], place: int, *__: Any) -> str:
    opened = next((token for token in reversed(tokens[:place]) if token.type == "link_open"), None)
    address = str(opened.attrGet("href") or "") if opened else ""
    return f" ({_escaped(address)})" if address else ""


def _nothing(*_: Any) -> str:
    return ""


def _strong_paragraph(*_: Any) -> str:
    return "<p><strong>"


def _strong_paragraph_ends(*_: Any) -> str:
    return "</strong></p>\n"


#: Headings are no part of the page's own outline, so they are set as strong paragraphs.
_RULES = {
    "formula": _formula_set,
    "fence": _code_set,
    "code_block": _code_set,
    "html_block": _words_of_markup,
    "html_inline": _words_of_markup,
    "image": _picture_named,
    "link_open": _nothing,
    "link_close": _address,
    "heading_open": _strong_paragraph,
    "heading_close": _strong_paragraph_ends,
}

"""Python text with a class for each kind of word, for a page's style to colour.

The classes are those of Pygments, which itself takes minutes for 20,000 characters that were chosen to delay it; one
expression that never goes back is enough for colours.
"""

from __future__ import annotations

import builtins
import keyword
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

#: The cells that the whole class was given are coloured once.
_REMEMBERED = 512
#: Code doubles by its markup; what grows by more than this was made to, and stays plain.
_MOST_GROWTH = 4
_SHORT = 500
_TOKEN = re.compile(
    r"""
      (?P<c>\#[^\n]*+)
    | (?P<s>(?:\b[bBfFrRuU]{1,2}+(?=["']))?+
        (?: \"{3}(?:[^\\"]|\\.|"(?!""))*+(?:\"{3})?+ | '{3}(?:[^\\']|\\.|'(?!''))*+(?:'{3})?+
          | "(?:[^"\\\n]|\\.)*+"?+ | '(?:[^'\\\n]|\\.)*+'?+ ))
    | (?P<mf>\b(?:0[xXoObB][\da-fA-F_]++ | \d[\d_]*+(?:\.[\d_]*+)?+(?:[eE][+-]?+\d++)?+[jJ]?+))
    | (?P<nd>^[ \t]*+(?:@[\w.]++ | %%?+\w++ | !))
    | (?P<word>\b[^\W\d]\w*+)
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_CONSTANTS = frozenset(("True", "False", "None"))
_KEYWORDS = frozenset(keyword.kwlist) - _CONSTANTS
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


@lru_cache(_REMEMBERED)
def coloured(text: str) -> Markup:
    """Return Python text, magics of IPython in it, as HTML in which nothing but `span` with a class is markup."""
    from markupsafe import Markup, escape

    parts: list[str] = []
    place, before = 0, ""
    for match in _TOKEN.finditer(text):
        word = match[0]
        kind = _kind(word, before, text, match.start()) if match.lastgroup == "word" else match.lastgroup
        parts.append(escape(text[place : match.start()]))
        parts.append(f'<span class="{kind}">{escape(word)}</span>' if kind else escape(word))
        place, before = match.end(), word
    parts.append(escape(text[place:]))
    found, plain = Markup("".join(parts)), escape(text)
    return found if len(found) <= _MOST_GROWTH * len(plain) + _SHORT else plain


def _kind(word: str, before: str, text: str, start: int) -> str:
    """The class of a word, which depends on the word before it and on a dot right before it."""
    if word in _KEYWORDS:
        return "k"
    if word in _CONSTANTS:
        return "kc"
    if before in ("def", "class"):
        return "nf"
    return "nb" if word in _BUILTINS and text[start - 1 : start] != "." else ""

"""Formulas as MathML, which browsers draw by themselves; rebuilt, so that nothing of the text's own comes through.

The elements are those of MathML Core that a formula is made of, with the attributes that say how it is set. A formula
that is not understood, or longer than a formula is, stays as it was typed.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from markupsafe import Markup

_MOST_CHARACTERS = 1_000
_MOST_BYTES = 50_000
_WORDS = re.compile(r"true|false|normal|bold|italic|bold-italic|double-struck|script|fraktur|left|center|right|block")
#: No negative width: a formula stays in its place.
_LENGTH = re.compile(r"\d?(\.\d{1,4})?em")
_SET = {
    "mathvariant": _WORDS,
    "stretchy": _WORDS,
    "fence": _WORDS,
    "separator": _WORDS,
    "accent": _WORDS,
    "accentunder": _WORDS,
    "movablelimits": _WORDS,
    "displaystyle": _WORDS,
    "columnalign": _WORDS,
    "display": _WORDS,
    "width": _LENGTH,
    "linethickness": re.compile(r"0|0px|0em"),
}
_ELEMENTS = re.compile(
    r"math|mrow|m[ino]|mtext|mspace|m(sub|sup|subsup)|munder|mover|munderover|mfrac|msqrt|mroot|mtable|mtr|mtd|mstyle"
    r"|mpadded|mphantom|mmultiscripts|mprescripts"
)


def formula(text: str, *, display: bool) -> Markup:
    r"""Return a formula as it is typed between dollar signs, set in a line or by itself.

    Parameters
    ----------
    text : str
        LaTeX, as `\eta \nabla L(\theta)`.
    display : bool
        Whether it stands by itself.
    """
    from markupsafe import Markup, escape

    made = _mathml(text, display=display)
    return Markup(made) if made else Markup('<code class="formula">{}</code>').format(escape(text))


def _mathml(text: str, *, display: bool) -> str:
    """The formula as MathML; an empty text where it cannot be had."""
    from latex2mathml.converter import convert_to_element

    if len(text) > _MOST_CHARACTERS:
        return ""
    try:
        element = convert_to_element(text, display="block" if display else "inline")
        if any("\\" in words for words in element.itertext()):  # a command that nobody knows
            return ""
        made = ET.tostring(_rebuilt(element), encoding="unicode", short_empty_elements=False)
    except Exception:  # noqa: BLE001 - the converter raises what it likes on what is no formula
        return ""
    return made if len(made) <= _MOST_BYTES else ""


def _rebuilt(element: Element) -> Element:
    name = element.tag if _ELEMENTS.fullmatch(element.tag) else "mrow"
    attributes = {key: value for key, value in element.attrib.items() if key in _SET and _SET[key].fullmatch(value)}
    new = ET.Element(name, attributes)
    new.text = "".join(_printable(html.unescape(element.text or "")))
    new.extend([_rebuilt(child) for child in element])
    return new


def _printable(text: str) -> Iterator[str]:
    return (character for character in text if character.isprintable() or character == "\N{NO-BREAK SPACE}")

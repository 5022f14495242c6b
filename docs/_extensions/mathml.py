"""Formulas as MathML, which browsers draw by themselves: no script, and nothing fetched when a page is read."""

from __future__ import annotations

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

_TAG = re.compile(r"\\tag\{(\w+)\}")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer under the name that `html_math_renderer` gives."""
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(convert(node.astext()))
    raise nodes.SkipNode


def _block(translator: HTML5Translator, node: nodes.math_block) -> None:
    formula, number = _TAG.sub("", node.astext()), _TAG.search(node.astext())
    beside = f'<span style="float: right">({number[1]})</span>' if number else ""
    translator.body.append(f'<div class="math">{beside}{convert(formula, display="block")}</div>\n')
    raise nodes.SkipNode

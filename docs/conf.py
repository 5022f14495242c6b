"""The documentation site: `make docs`. Building it needs no network, and neither does reading it."""

from __future__ import annotations

import sys
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_extensions"), str(HERE.parent)]

project = "allclose"
copyright = "allclose developers"  # noqa: A001 - Sphinx's name
html_title = "allclose"
html_theme = "furo"
html_theme_options = {"source_view_link": "", "source_edit_link": ""}
html_show_sourcelink = False
html_copy_source = False
exclude_patterns = ["_build", "_extensions"]
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "commands", "labs", "mathml"]

myst_enable_extensions = ["dollarmath", "amsmath"]
myst_heading_anchors = 3
# `text` shows what a terminal shows; `python` blocks of settings name what nbgrader hands them.
highlight_language = "none"
smartquotes = False
html_math_renderer = "mathml"

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False


def setup(app: Sphinx) -> None:
    """Show tables of commas as they are; Pygments has no lexer for them."""
    app.add_lexer("csv", TextLexer)

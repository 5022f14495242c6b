"""What our pages share: one file each, which needs nothing beside it and runs nothing.

A page extends `templates/_page.html` and takes its looks from `templates/style.css`, of which the policy in its head
knows the hash: no other style counts, scripts are off but for one of ours that a page may have, known by its hash too,
pictures are those in the page, and nothing is fetched or sent.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from allclose.report.tables import points, printable

if TYPE_CHECKING:
    from jinja2 import Template


@cache
def page_template(name: str, style: str = "", script: str = "") -> Template:
    """Return a page's template; every text that it is given is escaped, and `line` makes one clean line of it.

    Parameters
    ----------
    name
        The template's file.
    style, script
        The files of a style beside the shared one, and of the one script that may run, where the page has any.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    look = "".join(_text(file) for file in ("style.css", style) if file)
    code = _text(script) if script else ""
    environment = Environment(
        loader=PackageLoader("allclose", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": points, "line": printable}
    environment.globals |= {
        "style": Markup(look),
        "script": Markup(code),
        "policy": _policy(look, code),
        "share": _share,
    }
    return environment.get_template(name)


def _text(name: str) -> str:
    return (files("allclose") / "report" / "templates" / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    runs = f"script-src {_source(script)}; " if script else ""
    return f"default-src 'none'; img-src data:; style-src {_source(style)}; {runs}base-uri 'none'; form-action 'none'"


def _source(text: str) -> str:
    known = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{known}'"


def _share(score: float, most: float) -> str:
    """How much of a bar of 100 a score fills."""
    return f"{min(100.0, max(0.0, 100 * score / most)) if most > 0 else 0.0:.4g}"

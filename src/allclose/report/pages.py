"""What our pages share: one file each, which needs nothing beside it and runs nothing.

A page extends `templates/_page.html` and takes its looks from `templates/style.css`, of which the policy in its head
knows the hash: no other style counts, scripts are off, pictures are those in the page, and nothing is fetched or sent.
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
def page_template(name: str) -> Template:
    """Return a page's template; every text that it is given is escaped, and `line` makes one clean line of it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    style = (files("allclose") / "report" / "templates" / "style.css").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader("allclose", "report/templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"points": points, "line": printable}
    environment.globals |= {"style": Markup(style), "policy": _policy(style), "share": _share}
    return environment.get_template(name)


def _policy(style: str) -> str:
    known = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; img-src data:; style-src 'sha256-{known}'; base-uri 'none'; form-action 'none'"


def _share(score: float, most: float) -> str:
    """How much of a bar of 100 a score fills."""
    return f"{min(100.0, max(0.0, 100 * score / most)) if most > 0 else 0.0:.4g}"

"""Each lab of `release/` as a page: what students get, without answers and without outputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from written import write_page


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before Sphinx looks for its sources."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True}


def _write(app: Sphinx) -> None:
    source = Path(app.srcdir)
    for path in sorted((source.parent / "release").glob("*/*.ipynb")):
        write_page(source / "labs" / f"{path.stem}.md", page(path))


def page(notebook: Path) -> str:
    """Return a released notebook as MyST."""
    first, *rest = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    here = f"{{download}}`{notebook.name} <../../release/{notebook.parent.name}/{notebook.name}>`"
    note = f"The notebook as students get it: {here}. Figures are drawn by your own answers, so none is shown here."
    return "\n\n".join([_block(first), note, *map(_block, rest)]) + "\n"


def _block(cell: dict[str, Any]) -> str:
    text = "".join(cell["source"]).strip("\n")
    return f"````ipython3\n{text}\n````" if cell["cell_type"] == "code" else text

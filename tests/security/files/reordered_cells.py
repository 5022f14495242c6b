"""Moves every grade cell to the top, before there is anything to check."""
# expects: total failed
# flag: cell-moved: total-grade
# %% total
def total(xs):
    return 0.25
# %% hand-in
import json


def hand_in(content, path):
    content["cells"].sort(key=lambda cell: not cell["metadata"].get("nbgrader", {}).get("grade"))
    path.write_text(json.dumps(content))

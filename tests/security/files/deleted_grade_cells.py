"""Deletes every grade cell."""
# expects: total failed
# flag: cell-restored: total-grade
# %% total
def total(xs):
    return 0.25
# %% hand-in
import json


def hand_in(content, path):
    content["cells"] = [cell for cell in content["cells"] if not cell["metadata"].get("nbgrader", {}).get("grade")]
    path.write_text(json.dumps(content))

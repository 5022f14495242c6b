"""Hands in every cell of a question three times, the wrong answer last."""
# expects: total failed
# flag: cell-duplicated: total
# %% total
def total(xs):
    return 0.25
# %% hand-in
import copy
import json


def hand_in(content, path):
    wanted = ("total", "total-grade")
    own = [cell for cell in content["cells"] if cell["metadata"].get("nbgrader", {}).get("grade_id") in wanted]
    content["cells"] += copy.deepcopy(own) + copy.deepcopy(own)
    path.write_text(json.dumps(content))

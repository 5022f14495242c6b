"""Replaces the text of a grade cell by one that gives full marks."""
# expects: total failed
# flag: locked-cell-restored: total-grade
# %% total
def total(xs):
    return 0.25
# %% hand-in
import json


def hand_in(content, path):
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "total-grade":
            cell["source"] = "4.0"
    path.write_text(json.dumps(content))

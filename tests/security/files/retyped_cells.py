"""Makes grade cells Markdown and answers raw, so that nothing of them runs."""
# expects: total failed or missing
# flag: cell-retyped: total-grade
# %% total
def total(xs):
    return 0.25
# %% hand-in
import json


def hand_in(content, path):
    for cell in content["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "total-grade":
            cell["cell_type"] = "markdown"
            del cell["outputs"], cell["execution_count"]
    path.write_text(json.dumps(content))

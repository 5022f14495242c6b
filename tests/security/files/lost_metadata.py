"""Has lost all metadata of all cells, as some editors lose them."""
# expects: total failed
# flag: id-restored: total-grade
# %% total
def total(xs):
    return 0.25
# %% hand-in
import json


def hand_in(content, path):
    for cell in content["cells"]:
        cell["metadata"] = {}
        cell.pop("id", None)
    path.write_text(json.dumps(content))

"""Holds metadata, ids, sources and outputs of types that they never have."""
# status: bad-file
# %% hand-in
import json


def hand_in(content, path):
    content["cells"] += [{"cell_type": [], "metadata": 7, "source": {"a": None}, "outputs": "x"}, None, 5, []]
    content["metadata"] = {"kernelspec": [], "language_info": 3}
    path.write_text(json.dumps(content))

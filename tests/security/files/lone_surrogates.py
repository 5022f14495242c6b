"""Holds halves of surrogate pairs in its texts, names and outputs, which no encoding can write."""
# expects: total failed
# %% total
def total(xs):
    return 0.25


print("\ud800", chr(0xDFFF))
"\udc80"
# %% hand-in
import json


def hand_in(content, path):
    content["cells"].append({**content["cells"][1], "id": "own", "metadata": {"\ud800": "\udfff"}, "source": "# \ud800\nx = '\udfff'"})
    path.write_text(json.dumps(content))

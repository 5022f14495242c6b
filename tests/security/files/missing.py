"""Hands in a folder without its notebook, and the notebook under another name."""
# status: bad-file
# %% hand-in
import json


def hand_in(content, path):
    path.with_name("bank (1).ipynb").write_text(json.dumps(content))

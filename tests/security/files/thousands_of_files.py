"""Hands in five thousand files in nested folders, more than the sandbox has entries for."""
# flag: file-ignored
# %% hand-in
import json


def hand_in(content, path):
    path.write_text(json.dumps(content))
    deep = path.parent / "/".join("abcdefghijkl")
    deep.mkdir(parents=True, exist_ok=True)
    for number in range(900):
        (deep / f"{number}.txt").write_text("x")

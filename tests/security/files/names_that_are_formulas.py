"""Hands in files whose names are formulas, terminal codes, folders of the system and texts of no encoding."""
# flag: file-ignored
# %% hand-in
import json
import os


def hand_in(content, path):
    path.write_text(json.dumps(content))
    for name in (b"=1+1.txt", b"+cmd.txt", b"\x1b[2J.txt", b"\xff\xfe.txt", b"a\\..\\b.txt", "\u202etxt.exe".encode(), b"x\n=1.ipynb"):
        with open(os.fsencode(path.parent) + b"/" + name, "wb") as file:
            file.write(b"x")

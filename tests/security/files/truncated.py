"""Is cut off in the middle."""
# status: bad-file
# %% hand-in
import json


def hand_in(content, path):
    text = json.dumps(content)
    path.write_text(text[: len(text) // 2])

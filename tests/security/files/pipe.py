"""Is a pipe, at which a reader would wait for ever."""
# status: bad-file
# %% hand-in
import os


def hand_in(content, path):
    path.unlink(missing_ok=True)
    os.mkfifo(path)

"""Is JSON nested 100,000 deep."""
# status: bad-file
# %% hand-in
def hand_in(content, path):
    path.write_text('{"cells": ' + "[" * 100_000 + "]" * 100_000 + "}")

"""Is 500 MB large."""
# status: bad-file
# %% hand-in
def hand_in(content, path):
    with path.open("wb") as file:
        file.truncate(500_000_000)

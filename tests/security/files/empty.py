"""Is empty."""
# status: bad-file
# %% hand-in
def hand_in(content, path):
    path.write_bytes(b"")

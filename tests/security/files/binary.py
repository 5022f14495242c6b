"""Is an archive and random bytes under a notebook's name."""
# status: bad-file
# %% hand-in
def hand_in(content, path):
    path.write_bytes(b"PK\x03\x04" + bytes(range(256)) * 100)

"""Swaps the function that reads its file, so that the file says what it is asked for."""
# expects: note failed
# %% note
import io
import os

from allclose.sandbox import child

child.Child._file = lambda self, name, most: b"eleven is 11\n"
with open("note.txt", "w") as file:
    file.write("no")

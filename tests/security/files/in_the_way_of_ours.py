"""Hands in folders and files by the names of those that the grader would write, and of the notebook's own."""
# expects: note raised
# flag: other-file
# %% file bank.ipynb.orig/bank.ipynb
{}
# %% file note.txt/deep/file.txt
x
# %% file timestamp.txt
not a date
# %% file gradebook.db
x

"""Removes its own work folder and stands in a place that is not there."""
# expects: note raised
# %% cell
import os
import shutil

here = os.getcwd()
for name in os.listdir(here):
    shutil.rmtree(name) if os.path.isdir(name) else os.unlink(name)
os.mkdir("gone")
os.chdir("gone")
os.rmdir(os.path.join(here, "gone"))

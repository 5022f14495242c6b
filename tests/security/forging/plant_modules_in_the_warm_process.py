"""Writes modules where the next submission's process would import them from."""
# expects: total failed
# %% total
import os
import site
import sys

for folder in [*sys.path, site.getusersitepackages(), os.path.dirname(os.__file__), "/cache", "/cache/ipython"]:
    for name in ("sitecustomize.py", "bank-was-here.pth", "conftest.py"):
        try:
            os.makedirs(folder or ".", exist_ok=True)
            with open(os.path.join(folder or ".", name), "w") as file:
                file.write("print('GOT-' + 'THROUGH')")
            own = os.stat(folder or ".").st_dev == os.stat(".").st_dev  # this submission's scratch space, gone with it
            if not own:
                print("GOT-" + "THROUGH:", folder)
        except OSError:
            pass


def total(xs):
    return 0.25

"""Hands in modules by the names of those that a grader imports, and a sitecustomize."""
# expects: total failed
# %% total
def total(xs):
    return 0.25
# %% file numpy.py
print("GOT-" + "THROUGH: our numpy")
# %% file msgspec.py
print("GOT-" + "THROUGH: our msgspec")
# %% file sitecustomize.py
import os

os._exit(0)
# %% file usercustomize.py
import os

os._exit(0)
# %% file allclose/__init__.py
def agree(*args, **kwargs):
    return None
# %% file solutions/bank.py
def total(xs):
    return 0.25

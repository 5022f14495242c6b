"""Destroys the shell that runs its cells, the names of later questions and the copies kept of them."""
# expects: * passed or missing or raised or failed or not-run or crash
# %% cell
import gc

from allclose.sandbox.shell import Shell

for thing in gc.get_objects():
    if type(thing) is Shell:
        thing._snapshots = {name: ({}, {}, (0, 0, 0)) for name in thing._snapshots}
        thing.namespace = None

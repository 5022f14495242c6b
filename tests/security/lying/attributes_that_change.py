"""Gives a counter whose attributes answer differently each time, and takes no assignment seriously."""
# expects: counter failed
# %% counter
class Counter:
    answers = [1]

    def __init__(self, start=0):
        object.__setattr__(self, "asked", 0)

    def __getattribute__(self, name):
        if name == "step":
            return lambda by=1: type(self).answers[0]
        return object.__getattribute__(self, name)

    def __setattr__(self, name, value):
        while isinstance(value, str):
            pass

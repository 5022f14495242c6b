"""Returns objects that run code wherever somebody pickles, copies or unpickles them."""
# expects: total failed
# expects: counter raised
# %% total
import os


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/bank-was-here-by-pickle",)

    def __deepcopy__(self, memo):
        os.system("touch /tmp/bank-was-here-by-copy")
        return 0.0

    __copy__ = __deepcopy__


def total(xs):
    return Payload()
# %% counter
import pickle


class Counter:
    def step(self, by=1):
        return pickle.dumps(self)

    def __reduce__(self):
        return exec, ("open('/tmp/bank-was-here-by-pickle', 'w')",)

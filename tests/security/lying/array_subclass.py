"""Returns a subclass of ndarray that lies about its content when it is copied, converted or compared."""
# expects: scale failed
# %% scale
import numpy as np


class Liar(np.ndarray):
    def tobytes(self, order="C"):
        return b"\0" * (self.size * 8 - 1)

    def __eq__(self, other):
        return True

    def __array_finalize__(self, other):
        pass

    def all(self, *args, **kwargs):
        return True


def scale(x, factor):
    return np.zeros(x.shape).view(Liar) if factor != 2.0 else x * factor

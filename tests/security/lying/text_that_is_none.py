"""Returns subclasses of str, bytes and float, and texts of lone surrogates."""
# expects: describe failed or raised
# %% describe
class Word(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__

    def encode(self, *args):
        return b"HIDDEN-WORDS-91"


def describe(text, xs):
    return {"text": Word("\ud800\udfff"), "ends": (min(xs), max(xs))}

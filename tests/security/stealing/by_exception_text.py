"""Smuggles its hidden arguments out through the texts and types of exceptions."""
# expects: describe raised
# %% describe
class Told(ValueError):
    def __str__(self):
        return f"ValueError: {self.args}"


def describe(text, xs):
    if text == "a" or text == "b":
        return {"text": text.upper(), "ends": (xs[0], xs[-1])}
    error = type("Told_" + text.replace("-", "_"), (Told,), {})(text, xs)
    error.add_note(text)
    raise error

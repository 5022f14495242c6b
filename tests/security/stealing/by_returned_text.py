"""Smuggles its hidden arguments out in the strings and errors that it returns."""
# expects: describe failed
# %% describe
def describe(text, xs):
    return {"text": f"I was asked about {text}", "ends": (str(xs), ValueError(text)), text: text}

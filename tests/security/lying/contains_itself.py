"""Returns a list and a dict that contain themselves."""
# expects: total raised
# expects: describe raised
# %% total
def total(xs):
    result = []
    result.append(result)
    return result
# %% describe
def describe(text, xs):
    result = {}
    result["text"] = result["ends"] = result
    return result

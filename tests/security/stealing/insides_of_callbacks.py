"""Takes the function that a test hands over apart: code, closure, globals, defaults."""
# expects: lowest failed or passed
# %% lowest
def lowest(f, xs):
    for name in ("__code__", "__closure__", "__globals__", "__defaults__", "__wrapped__", "__self__", "__func__"):
        if f is not abs and hasattr(f, name):
            print("GOT-" + "THROUGH", name, getattr(f, name))
    for ask in () if f is abs else ("f.__code__", "__import__('os').environ", "{}.__class__"):
        try:
            f(ask)
        except Exception as error:
            if "could not answer" not in str(error):
                print("GOT-" + "THROUGH", error)
    return min(f(x) for x in xs)

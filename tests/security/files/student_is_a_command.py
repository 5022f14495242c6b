"""Has an id that begins as a formula or an option and holds quotes, commas and line ends."""
# student: "@SUM(1)|cmd,\"\r\n=1+1"
# expects: total failed
# %% total
def total(xs):
    return 0.25

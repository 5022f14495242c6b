"""Returns a figure with a line of a hundred million points."""
# expects: plot raised or limit or timeout
# %% plot
import numpy as np
from matplotlib.figure import Figure


def plot(xs):
    figure = Figure()
    axes = figure.subplots()
    if len(xs) == 2 and xs[0] == 4.0:
        axes.plot(np.zeros(3_000_000))
    return figure

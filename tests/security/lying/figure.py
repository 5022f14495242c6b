"""Returns a figure whose axes, lines and labels lie, and raise where they are looked at."""
# expects: plot failed or raised
# %% plot
from matplotlib.figure import Figure


class Poster(Figure):
    def get_axes(self):
        return [self] * 10**6

    def get_lines(self):
        return [self] * 10**6

    def get_xdata(self):
        return [float("nan")] * 10**6

    get_ydata = get_xdata

    def get_label(self):
        return "x" * 10**7


def plot(xs):
    return Poster()

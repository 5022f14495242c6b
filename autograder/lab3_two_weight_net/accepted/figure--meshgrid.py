"""Coordinates as tables, a small figure in the labels, the title above everything"""

from matplotlib.figure import Figure


def landscape_figure(w1s, w2s, x, y):
    first, second = np.meshgrid(w1s, w2s)
    heights = np.sqrt(np.mean(((first * second)[..., None] * x - y) ** 2, axis=-1))
    figure = Figure()
    figure.suptitle("Root of the loss")
    axes = figure.add_subplot()
    axes.contourf(first, second, heights, levels=np.linspace(0, heights.max(), 12))
    axes.contour(first, second, heights, colors="white")
    axes.set_xlabel("weight w₁")
    axes.set_ylabel("weight w₂")
    return figure

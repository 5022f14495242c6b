"""A grid of its own is drawn

The two arguments say which weights the map shows.
"""


def landscape_figure(w1s, w2s, x, y):
    grid = np.linspace(-2.0, 2.0, 30)
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w1 in grid] for w2 in grid])
    figure = new_figure()
    axes = figure.subplots()
    axes.contourf(grid, grid, losses)
    axes.set(xlabel="w1", ylabel="w2", title="The loss")
    return figure

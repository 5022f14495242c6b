"""The table has a row for each first weight

contourf wants a row for each value on the vertical axis. Try it on a grid with unequal sides.
"""


def landscape_figure(w1s, w2s, x, y):
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w2 in w2s] for w1 in w1s])
    figure = new_figure()
    axes = figure.subplots()
    axes.contourf(w1s, w2s, losses)
    axes.set(xlabel="w1", ylabel="w2", title="The loss")
    return figure

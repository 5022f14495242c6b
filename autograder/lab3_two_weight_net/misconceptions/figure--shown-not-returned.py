"""The figure is shown, but not returned

The caller decides what becomes of the figure. Return it.
"""


def landscape_figure(w1s, w2s, x, y):
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w2 in w2s] for w1 in w1s])
    figure = new_figure()
    axes = figure.subplots()
    axes.contourf(w1s, w2s, losses.T)
    axes.set(xlabel="w1", ylabel="w2", title="The loss")
    show(figure)

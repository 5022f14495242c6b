"""The labels stand at the wrong axes

Which weights did you hand to contourf first? They run along the horizontal axis.
"""


def landscape_figure(w1s, w2s, x, y):
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w2 in w2s] for w1 in w1s])
    figure = new_figure()
    axes = figure.subplots()
    axes.contourf(w1s, w2s, losses.T)
    axes.set(xlabel="w2", ylabel="w1", title="The loss")
    return figure

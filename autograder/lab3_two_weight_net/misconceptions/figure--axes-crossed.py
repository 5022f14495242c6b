"""The first weight runs upwards, the second one across

The landscape is symmetric, so that you hardly see it; the numbers at the axes tell.
"""


def landscape_figure(w1s, w2s, x, y):
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w2 in w2s] for w1 in w1s])
    figure = new_figure()
    axes = figure.subplots()
    axes.contourf(w2s, w1s, losses)
    axes.set(xlabel="w1", ylabel="w2", title="The loss")
    return figure

"""The axes have no labels

Who sees the figure without your code must be able to tell the weights apart.
"""


def landscape_figure(w1s, w2s, x, y):
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w2 in w2s] for w1 in w1s])
    figure = new_figure()
    axes = figure.subplots()
    axes.contourf(w1s, w2s, losses.T)
    axes.set_title("The loss")
    return figure

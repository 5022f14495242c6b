"""The contours are lines, not areas

contour draws lines. Its sister fills the areas between them.
"""


def landscape_figure(w1s, w2s, x, y):
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w2 in w2s] for w1 in w1s])
    figure = new_figure()
    axes = figure.subplots()
    axes.contour(w1s, w2s, losses.T)
    axes.set(xlabel="w1", ylabel="w2", title="The loss")
    return figure

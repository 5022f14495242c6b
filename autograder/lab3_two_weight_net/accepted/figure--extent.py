"""The table alone, spread over the axes by its extent; a ceiling on the heights"""


def landscape_figure(w1s, w2s, x, y):
    table = np.array([[loss(forward(np.array([w1, w2]), x), y) for w1 in w1s] for w2 in w2s])
    figure = new_figure()
    axes = figure.subplots()
    drawn = axes.contourf(np.minimum(table, np.quantile(table, 0.8)), extent=(w1s[0], w1s[-1], w2s[0], w2s[-1]))
    figure.colorbar(drawn)
    axes.set(xlabel="w_1", ylabel="w_2", title="Loss, hills cut off")
    return figure

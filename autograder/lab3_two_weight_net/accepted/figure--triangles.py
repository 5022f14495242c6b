"""Scattered places, joined by triangles"""


def landscape_figure(w1s, w2s, x, y):
    places = np.array([(w1, w2) for w1 in w1s for w2 in w2s])
    heights = np.array([loss(forward(place, x), y) for place in places])
    figure = new_figure()
    axes = figure.subplots()
    axes.tricontourf(places[:, 0], places[:, 1], heights, levels=15)
    axes.set(xlabel="w1", ylabel="w2", title="Landscape")
    return figure

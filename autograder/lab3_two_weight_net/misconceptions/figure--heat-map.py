"""An image is drawn instead of contours

An image counts pixels along its axes and knows nothing of your weights. The question asks for a filled
contour.
"""


def landscape_figure(w1s, w2s, x, y):
    losses = np.array([[loss(forward(np.array([w1, w2]), x), y) for w2 in w2s] for w1 in w1s])
    figure = new_figure()
    axes = figure.subplots()
    axes.imshow(losses.T, origin="lower")
    axes.set(xlabel="w1", ylabel="w2", title="The loss")
    return figure

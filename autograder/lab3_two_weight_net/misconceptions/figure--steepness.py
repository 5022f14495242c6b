"""The size of the gradient is drawn, not the loss

A map of the steepness is dark at the saddle as well as in the valleys. Which height does the question ask
for?
"""


def landscape_figure(w1s, w2s, x, y):
    dw1, dw2 = gradient_field(w1s, w2s, x, y)
    figure = new_figure()
    axes = figure.subplots()
    axes.contourf(w1s, w2s, np.hypot(dw1, dw2).T)
    axes.set(xlabel="w1", ylabel="w2", title="The loss")
    return figure

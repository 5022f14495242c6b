"""With pyplot, formulas as labels and a logarithm"""

import matplotlib.pyplot as plt


def landscape_figure(w1s, w2s, x, y):
    table = np.array([[loss(forward(np.array([w1, w2]), x), y) for w1 in w1s] for w2 in w2s])
    figure, _ = plt.subplots()
    plt.contourf(w1s, w2s, np.log10(table + 0.01), 20, cmap="coolwarm")
    plt.colorbar(label="log loss")
    plt.xlabel("$w_1$")
    plt.ylabel("$w_2$")
    plt.title("log loss")
    plt.close(figure)
    return figure

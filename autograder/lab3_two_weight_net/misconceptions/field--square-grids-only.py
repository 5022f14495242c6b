"""The tables have as many columns as rows

The two lists of weights may have different lengths.
"""


def gradient_field(w1s, w2s, x, y):
    dw1 = np.zeros((len(w1s), len(w1s)))
    dw2 = np.zeros((len(w1s), len(w1s)))
    for i, w1 in enumerate(w1s):
        for j, w2 in enumerate(w2s):
            dw1[i, j], dw2[i, j] = gradient(np.array([w1, w2]), x, y)
    return dw1, dw2

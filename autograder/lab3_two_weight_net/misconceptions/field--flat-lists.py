"""The derivatives come as two long lists

The question asks for tables: a row for each first weight, a column for each second one.
"""


def gradient_field(w1s, w2s, x, y):
    pairs = [gradient(np.array([w1, w2]), x, y) for w1 in w1s for w2 in w2s]
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])

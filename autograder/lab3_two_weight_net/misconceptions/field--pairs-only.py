"""Only the pairs with equal index are evaluated

A field has an arrow for every first weight with every second one.
"""


def gradient_field(w1s, w2s, x, y):
    pairs = [gradient(np.array([w1, w2]), x, y) for w1, w2 in zip(w1s, w2s)]
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])

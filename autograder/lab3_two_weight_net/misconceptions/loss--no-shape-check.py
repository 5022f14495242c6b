"""Arrays of different shapes are broadcast

NumPy stretches a column against a row into a table of all pairs of differences, without a word. The question
says what to raise instead.
"""


def loss(y_pred, y):
    return np.mean((y_pred - y) ** 2)

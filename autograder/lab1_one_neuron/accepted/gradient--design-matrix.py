"""The transposed table of inputs and ones times the error"""


def gradient(x, y, w, b):
    table = np.column_stack((x, np.ones(len(x))))
    return 2 / len(x) * table.T @ (table @ [w, b] - y)

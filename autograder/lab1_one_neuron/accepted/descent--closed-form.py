"""Powers of the matrix that shrinks the distance to the solution"""


def gradient_descent(x, y, w, b, lr, steps):
    table = np.column_stack((x, np.ones(len(x))))
    shrink = np.eye(2) - 2 * lr / len(x) * table.T @ table
    best = np.linalg.lstsq(table, y, rcond=None)[0]
    states = np.array([best + np.linalg.matrix_power(shrink, t) @ (np.array([w, b]) - best) for t in range(steps + 1)])
    return states[:, 0], states[:, 1], np.mean((states @ table.T - y) ** 2, axis=1)

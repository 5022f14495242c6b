"""Elimination with pivots by hand"""


def newton_step(theta, grad, hessian):
    table = np.column_stack((hessian, grad)).astype(float)
    n = len(theta)
    for k in range(n):
        pivot = k + np.argmax(np.abs(table[k:, k]))
        table[[k, pivot]] = table[[pivot, k]]
        for row in range(k + 1, n):
            table[row] = table[row] - table[row, k] / table[k, k] * table[k]
    step = np.zeros(n)
    for k in reversed(range(n)):
        step[k] = (table[k, n] - table[k, k + 1 : n] @ step[k + 1 :]) / table[k, k]
    return theta - step

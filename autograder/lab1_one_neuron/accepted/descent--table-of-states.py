"""A table made beforehand, a row per state"""


def gradient_descent(x, y, w, b, lr, steps):
    history = np.empty((steps + 1, 3))
    theta = np.array([w, b], dtype=float)
    for t in range(steps + 1):
        if t:
            theta = theta - lr * np.array(gradient(x, y, *theta), dtype=float)
        history[t] = *theta, mse(forward(x, *theta), y)
    return history.T

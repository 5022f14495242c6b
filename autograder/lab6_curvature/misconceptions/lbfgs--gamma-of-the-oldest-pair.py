"""The scale is that of the oldest pair

The curvature that counts is the one that was met last.
"""


def lbfgs_direction(grad, s_list, y_list):
    pairs = [(s, y, 1 / (s @ y)) for s, y in zip(s_list, y_list) if s @ y > 0]
    if not pairs:
        return -grad
    q, alphas = grad, []
    for s, y, rho in reversed(pairs):
        alpha = rho * (s @ q)
        alphas.append(alpha)
        q = q - alpha * y
    s, y, rho = pairs[-1]
    r = (pairs[0][0] @ pairs[0][1]) / (pairs[0][1] @ pairs[0][1]) * q
    for s, y, rho in pairs:
        r = r + (alphas.pop() - rho * (y @ r)) * s
    return -r

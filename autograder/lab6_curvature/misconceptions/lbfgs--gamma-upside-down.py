"""The scale in the middle is upside down

Where the gradient changes much in a step, the curvature is large. Should the next step be longer or shorter?
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
    r = (y @ y) / (s @ y) * q
    for s, y, rho in pairs:
        r = r + (alphas.pop() - rho * (y @ r)) * s
    return -r

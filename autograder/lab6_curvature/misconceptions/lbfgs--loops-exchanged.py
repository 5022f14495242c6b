"""Both loops run the wrong way round

In the lists the oldest pair comes first. Which pair does the first loop begin with?
"""


def lbfgs_direction(grad, s_list, y_list):
    pairs = [(s, y, 1 / (s @ y)) for s, y in zip(s_list, y_list) if s @ y > 0]
    if not pairs:
        return -grad
    q, alphas = grad, []
    for s, y, rho in pairs:
        alpha = rho * (s @ q)
        alphas.append(alpha)
        q = q - alpha * y
    s, y, rho = pairs[-1]
    r = (s @ y) / (y @ y) * q
    for s, y, rho in reversed(pairs):
        r = r + (alphas.pop() - rho * (y @ r)) * s
    return -r

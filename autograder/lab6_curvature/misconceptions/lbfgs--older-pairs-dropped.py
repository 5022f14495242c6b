"""Everything before a useless pair is forgotten

Skip the pair itself; the older ones are as good as before.
"""


def lbfgs_direction(grad, s_list, y_list):
    for place in reversed(range(len(s_list))):
        if s_list[place] @ y_list[place] <= 0:
            s_list, y_list = s_list[place + 1 :], y_list[place + 1 :]
            break
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

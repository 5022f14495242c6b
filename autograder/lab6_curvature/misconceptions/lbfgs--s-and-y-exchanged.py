"""The roles of s and y are exchanged

With s and y exchanged the loops multiply with the Hessian instead of its inverse. Which of the two vectors is subtracted in the first loop?
"""


def lbfgs_direction(grad, s_list, y_list):
    s_list, y_list = y_list, s_list
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

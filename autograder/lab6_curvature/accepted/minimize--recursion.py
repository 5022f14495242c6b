"""One step, then the rest by recursion on the pairs"""


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    def go(theta, g, pairs, left):
        if left == 0 or np.abs(g).max() <= tol:
            return theta
        p = lbfgs_direction(g, [s for s, _ in pairs], [y for _, y in pairs])
        new = theta + backtracking(f, theta, p, g, shrink=0.4) * p
        new_g = grad(new)
        return go(new, new_g, (*pairs, (new - theta, new_g - g))[-memory:], left - 1)

    return go(np.array(theta0), grad(theta0), (), steps)

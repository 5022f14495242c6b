"""L-BFGS in a class, with a search for Wolfe points by bisection"""


from collections import deque


class Minimizer:
    def __init__(self, f, grad, memory):
        self.f, self.grad, self.pairs = f, grad, deque(maxlen=memory)

    def direction(self, g):
        return lbfgs_direction(g, [s for s, _ in self.pairs], [y for _, y in self.pairs])

    def step(self, theta, g):
        p = self.direction(g)
        here, slope = self.f(theta), g @ p
        low, high, t = 0.0, np.inf, 1.0 if self.pairs else 1.0 / max(1.0, np.abs(g).sum())
        for _ in range(40):
            if not self.f(theta + t * p) <= here + 1e-4 * t * slope:
                high = t
            else:
                new_g = self.grad(theta + t * p)
                if new_g @ p >= 0.9 * slope:
                    break
                low = t
            t = (low + high) / 2 if high < np.inf else 2 * low
        else:
            new_g = self.grad(theta + t * p)
        self.pairs.append((t * p, new_g - g))
        return theta + t * p, new_g


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    minimizer = Minimizer(f, grad, memory)
    theta, g = theta0.copy(), grad(theta0)
    while steps > 0 and np.linalg.norm(g) > tol:
        theta, g = minimizer.step(theta, g)
        steps -= 1
    return theta

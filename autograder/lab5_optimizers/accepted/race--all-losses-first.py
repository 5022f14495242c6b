"""Every run goes to its end; then the first good loss is looked up."""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    def first(make):
        optimizer, theta = make(), theta0.copy()
        losses = [loss(theta)]
        for _ in range(max_steps):
            theta = optimizer.step(theta, grad(theta))
            losses.append(loss(theta))
        good = np.flatnonzero(np.array(losses) <= tol)
        return int(good[0]) if good.size else None

    return {name: first(make) for name, make in optimizers.items()}

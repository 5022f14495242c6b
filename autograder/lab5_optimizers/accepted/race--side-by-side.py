"""All optimizers make their steps side by side, and leave the race when they arrive."""


def race(optimizers, loss, grad, theta0, tol, max_steps):
    result = {name: None for name in optimizers}
    running = {name: [make(), np.array(theta0)] for name, make in optimizers.items()}
    for steps in range(max_steps + 1):
        for name in list(running):
            if loss(running[name][1]) <= tol:
                result[name] = steps
                del running[name]
        if steps == max_steps:
            break
        for state in running.values():
            state[1] = state[0].step(state[1], grad(state[1]))
    return result

"""torch's own L-BFGS, driven by a closure"""


import torch


def minimize(f, grad, theta0, memory=10, steps=100, tol=1e-8):
    theta = torch.tensor(theta0, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS(
        [theta],
        max_iter=steps,
        max_eval=100 * steps + 1,
        history_size=memory,
        tolerance_grad=tol,
        tolerance_change=0.0,
        line_search_fn="strong_wolfe",
    )

    def closure():
        here = theta.detach().numpy()
        theta.grad = torch.from_numpy(np.array(grad(here)))
        return torch.tensor(f(here), dtype=torch.float64)

    if steps:
        optimizer.step(closure)
    return theta.detach().numpy()

"""torch.linalg on a bordered system"""


import torch


def newton_step(theta, grad, hessian):
    matrix, rhs = torch.tensor(hessian), torch.tensor(hessian @ theta - grad)
    correction = torch.linalg.solve(matrix, torch.tensor(grad))
    return (torch.tensor(theta) - correction).numpy() if rhs.ndim == 1 else None
